import type { LayerView } from '../rootfs/rootfs-reader.ts';
import type { SnapshotLayer } from '../snapshot/snapshot.ts';
import type { SnapshotView } from './snapshot-view.ts';

/** The inventories of two snapshots, each loaded once, from whichever side has it. */
export class InventoryShelf {
  readonly #loaders = new Map<string, (() => Promise<LayerView | null>)[]>();
  readonly #loaded = new Map<string, LayerView | null>();

  constructor(...views: readonly SnapshotView[]) {
    for (const view of views) {
      for (const { diffId, index } of view.snapshot.layers) {
        const loaders = this.#loaders.get(diffId) ?? [];
        this.#loaders.set(diffId, loaders);
        loaders.push(() => view.loadInventory(index));
      }
    }
  }

  /** The inventory of a layer; null when neither side has it. */
  async load({ diffId }: SnapshotLayer): Promise<LayerView | null> {
    let found = this.#loaded.get(diffId);
    if (found !== undefined) return found;
    found = null;
    for (const load of this.#loaders.get(diffId) ?? []) {
      found ??= await load();
    }
    this.#loaded.set(diffId, found);
    return found;
  }

  /** The inventories of some layers; null when one of them is missing. */
  async loadAll(layers: readonly SnapshotLayer[]): Promise<LayerView[] | null> {
    const found: LayerView[] = [];
    for (const layer of layers) {
      const inventory = await this.load(layer);
      if (inventory === null) return null;
      found.push(inventory);
    }
    return found;
  }
}
