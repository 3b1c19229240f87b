import { nodeFileOperations } from '../../adapters/filesystem/file-operations.ts';
import { openStoreDirectory } from '../../adapters/filesystem/store-directory.ts';
import { DirectoryHistoryStore } from '../../adapters/stores/directory/history-store.ts';
import { DirectoryLayerRecords } from '../../adapters/stores/directory/layer-records.ts';
import { DirectorySurfaceStore } from '../../adapters/stores/directory/surface-store.ts';
import type { Store } from '../../core/store/store.ts';

/** Opens the store in a folder, which is made when something is first stored. */
export function openDirectory(path: string, operations = nodeFileOperations): Store {
  const directory = openStoreDirectory(path, operations);
  const surface = new DirectorySurfaceStore(directory, Date.now);
  const history = new DirectoryHistoryStore(directory, surface);
  return {
    location: directory.location,
    surface,
    layers: new DirectoryLayerRecords(directory),
    history,
    layerIndex: history,
  };
}
