import { dirname, relative } from 'node:path';
import { AT_ONCE, eachOf } from './each-of.ts';
import { writeFault } from './file-fault.ts';
import type { FileOperations } from './file-operations.ts';
import type { FileTree } from './file-tree.ts';

/** A directory that changed within this many milliseconds may hold a name that its writer has not synced yet. */
const FRESH = 5_000;

/**
 * The directories on the way to some files that changed a moment ago, whoever changed them: a file is as durable as
 * the least synced of them.
 */
export function freshParents(tree: FileTree, paths: readonly string[]): Set<string> {
  const parents = new Set(paths.flatMap((path) => parentsOf(dirname(tree.at(path)), tree.root)));
  const isFresh = (directory: string) => {
    const changedAt = tree.changedAt(relative(tree.root, directory));
    return changedAt !== null && Math.abs(Date.now() - changedAt) < FRESH;
  };
  return new Set([...parents].filter(isFresh));
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
  await eachOf([...directories], AT_ONCE, async (directory) => {
    const path = relative(tree.root, directory);
    try {
      await operations.syncDirectory(directory);
    } catch (fault) {
      if (!path.startsWith('..')) throw writeFault(fault, path === '' ? tree.root : path);
    }
  });
}
