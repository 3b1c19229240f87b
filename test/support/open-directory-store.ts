import type { FileOperations } from '../../src/adapters/filesystem/file-operations.ts';
import { openStoreDirectory } from '../../src/adapters/filesystem/store-directory.ts';
import { DirectoryHistoryStore } from '../../src/adapters/stores/directory/history-store.ts';
import { DirectoryLayerRecords } from '../../src/adapters/stores/directory/layer-records.ts';
import { DirectorySurfaceStore } from '../../src/adapters/stores/directory/surface-store.ts';
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
  const directory = openStoreDirectory(root, operations);
  const surface = new DirectorySurfaceStore(directory, now);
  const history = new DirectoryHistoryStore(directory, surface);
  return {
    location: directory.location,
    surface,
    layers: new DirectoryLayerRecords(directory),
    history,
    layerIndex: history,
  };
}
