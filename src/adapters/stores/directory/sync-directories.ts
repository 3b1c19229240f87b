import { dirname, relative } from 'node:path';
import { eachOf } from '../../filesystem/each-of.ts';
import { isAbsent, writeFault } from '../../filesystem/file-fault.ts';
import type { FileTree } from '../../filesystem/file-tree.ts';
import type { FileOperations } from './file-operations.ts';

/** A directory that changed within this many milliseconds may hold a name that its writer has not synced yet. */
const FRESH = 5_000;

/**
 * Whether any process changed a directory a moment ago. A file that was found in it is as durable as the least
 * synced of the directories on the way there.
 */
export function isFresh(tree: FileTree, directory: string): boolean {
  const changedAt = tree.changedAt(relative(tree.root, directory));
  return changedAt !== null && Math.abs(Date.now() - changedAt) < FRESH;
}

/** The directories from `directory` up to and including `last`. */
export function parentsOf(directory: string, last: string): string[] {
  const parents = [directory];
  for (let each = directory; each !== last && each !== dirname(each); ) {
    each = dirname(each);
    parents.push(each);
  }
  return parents;
}

/** Returns when the names in directories are on the disk. Those above the root are synced where that is allowed. */
export async function syncDirectories(
  tree: FileTree,
  directories: ReadonlySet<string>,
  operations: FileOperations,
): Promise<void> {
  await eachOf([...directories], async (directory) => {
    const path = relative(tree.root, directory);
    try {
      await operations.syncDirectory(directory);
    } catch (fault) {
      // One that is gone meanwhile was empty: it has no names that could be lost.
      if (!path.startsWith('..') && !isAbsent(fault)) throw writeFault(fault, path === '' ? tree.root : path);
    }
  });
}
