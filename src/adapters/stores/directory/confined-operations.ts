import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { VarveError } from '../../../base/errors.ts';
import { type FileOperations, nodeFileOperations } from './file-operations.ts';

/**
 * The operations of a store in a folder that others filled: what is written and removed stays there, whatever links they
 * left.
 * @param tops the folders of others, as absolute paths.
 */
export function confineTo(tops: readonly string[]): FileOperations {
  const seen = new Set(tops);
  const refuseLinks = (directory: string): void => {
    if (seen.has(directory) || dirname(directory) === directory) return;
    refuseLinks(dirname(directory));
    if (lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new VarveError('store-unwritable', `${directory} is a link, and the store is in a checkout`, {
        object: directory,
        hint: 'links that were committed are not followed: name a folder outside of the checkout',
      });
    }
    seen.add(directory);
  };
  return {
    ...nodeFileOperations,
    async makeDirectory(path) {
      refuseLinks(path);
      return nodeFileOperations.makeDirectory(path);
    },
    async remove(path) {
      refuseLinks(dirname(path));
      return nodeFileOperations.remove(path);
    },
  };
}
