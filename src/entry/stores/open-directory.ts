import { resolve } from 'node:path';
import { confineTo } from '../../adapters/stores/directory/confined-operations.ts';
import { DirectoryTree } from '../../adapters/stores/directory/directory-tree.ts';
import { FreshLayerRecords } from '../../adapters/stores/memory/fresh-layer-records.ts';
import { openObjectTreeStore } from '../../adapters/stores/on-object-tree/open-store.ts';
import type { Store } from '../../core/store/store.ts';
import { isBelow, realPathOf } from '../host/checkouts.ts';

/** Opens the store in a folder, which is made when something is first stored. */
export function openDirectory(path: string): Store {
  return openObjectTreeStore(new DirectoryTree(path), `dir:${path}`, Date.now);
}

/**
 * Opens the store in a folder of a checkout, which may have come with the commit: nothing that was there before spares
 * reading a layer, and nothing is written through a link of the checkout.
 */
export function openCommitted(path: string, checkouts: readonly string[]): Store {
  const place = isBelow(resolve(path), checkouts) ? path : realPathOf(path);
  const tree = new DirectoryTree(place, confineTo(checkouts));
  const store = openObjectTreeStore(tree, `dir:${path}`, Date.now);
  return { ...store, layers: new FreshLayerRecords(store.layers), isStranger: true };
}
