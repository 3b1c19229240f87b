import { DirectoryTree } from '../../adapters/stores/directory/directory-tree.ts';
import { openObjectTreeStore } from '../../adapters/stores/on-object-tree/open-store.ts';
import type { Store } from '../../core/store/store.ts';

/** Opens the store in a folder, which is made when something is first stored. */
export function openDirectory(path: string): Store {
  return openObjectTreeStore(new DirectoryTree(path), `dir:${path}`, Date.now);
}
