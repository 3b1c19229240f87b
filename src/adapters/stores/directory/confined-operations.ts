import { dirname } from 'node:path';
import { refuseLinks } from '../../filesystem/committed-links.ts';
import { type FileOperations, nodeFileOperations } from './file-operations.ts';

/**
 * The operations of a store in a folder that others filled: what is written and removed stays there, whatever links they
 * left.
 * @param tops the folders of others, as absolute paths.
 */
export function confineTo(tops: readonly string[]): FileOperations {
  return {
    ...nodeFileOperations,
    async makeDirectory(path) {
      refuseLinks(path, tops);
      return nodeFileOperations.makeDirectory(path);
    },
    async rename(from, to) {
      refuseLinks(dirname(from), tops);
      return nodeFileOperations.rename(from, to);
    },
    async remove(path) {
      refuseLinks(dirname(path), tops);
      return nodeFileOperations.remove(path);
    },
  };
}
