import { MemoryTree } from '../../adapters/stores/memory/memory-tree.ts';
import { openObjectTreeStore } from '../../adapters/stores/on-object-tree/open-store.ts';
import type { Store } from '../../core/store/store.ts';

/** Opens an empty store in memory, gone with the process. */
export function openScratch(): Store {
  return openObjectTreeStore(new MemoryTree(Date.now), 'memory', Date.now);
}
