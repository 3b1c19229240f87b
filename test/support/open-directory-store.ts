import { DirectoryTree } from '../../src/adapters/stores/directory/directory-tree.ts';
import type { FileOperations } from '../../src/adapters/stores/directory/file-operations.ts';
import { openObjectTreeStore } from '../../src/adapters/stores/on-object-tree/open-store.ts';
import type { Store } from '../../src/core/store/store.ts';
import { unsyncedOperations } from './faulty-operations.ts';

/**
 * A store on disk, as the faces put it together; free of the test runner, so that forked processes use it too.
 * @param options.operations those that wait for no disk, unless a test asks what survives a crash.
 */
export function openDirectoryStore(
  root: string,
  {
    operations = unsyncedOperations,
    now = Date.now,
  }: { operations?: FileOperations; now?: () => number } = {},
): Store {
  return openObjectTreeStore(new DirectoryTree(root, operations), `dir:${root}`, now);
}
