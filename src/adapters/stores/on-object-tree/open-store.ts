import type { Store } from '../../../core/store/store.ts';
import type { ObjectTree } from '../object-tree.ts';
import { ObjectTreeHistoryStore } from './history-store.ts';
import { ObjectTreeLayerRecords } from './layer-records.ts';
import { ObjectTreeSurfaceStore } from './surface-store.ts';

/**
 * Makes a store of a tree of objects.
 * @param location how a user names it, such as `dir:/var/lib/varve`.
 * @param now the clock, in milliseconds since 1970.
 */
export function openObjectTreeStore(tree: ObjectTree, location: string, now: () => number): Store {
  const surface = new ObjectTreeSurfaceStore(tree, location, now);
  const history = new ObjectTreeHistoryStore(tree, surface);
  return { location, surface, layers: new ObjectTreeLayerRecords(tree), history, layerIndex: history };
}
