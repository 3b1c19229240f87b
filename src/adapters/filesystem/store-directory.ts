import { SURFACE_ROOT } from '../../core/surface/paths.ts';
import { DurableWriter } from './durable-writer.ts';
import { type FileOperations, nodeFileOperations } from './file-operations.ts';
import { FileTree } from './file-tree.ts';

/** The root of a store on disk; its surface, history and layer records share it. */
export interface StoreDirectory {
  /** How a user names it: `dir:PATH`, the path as given. */
  readonly location: string;
  readonly tree: FileTree;
  readonly writer: DurableWriter;
}

/**
 * Names a CAS root; nothing is read or made yet.
 * @param operations how files are written, for tests to interfere with.
 */
export function openStoreDirectory(
  path: string,
  operations: FileOperations = nodeFileOperations,
): StoreDirectory {
  const tree = new FileTree(path);
  const writer = new DurableWriter(tree, `${SURFACE_ROOT}/staging`, operations);
  return { location: `dir:${path}`, tree, writer };
}
