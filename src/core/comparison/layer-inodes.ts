import type { ByteText } from '../../base/byte-text.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import { pathBytes } from '../layer/entry-path.ts';
import { targetOf } from '../rootfs/path-resolver.ts';
import type { LayerView } from '../rootfs/rootfs-reader.ts';

/** What a name of a layer stands for. */
export interface LayerInode {
  /** The name that the hard links lead to. */
  readonly path: ByteText;
  /** What the layer states there; null when it is something of a lower layer. */
  readonly entry: InventoryEntry | null;
  /** The first in order of all names that the layer gives it: the same whichever of them holds the content. */
  readonly firstName: ByteText;
}

interface NamedEntry {
  readonly path: ByteText;
  readonly entry: InventoryEntry | null;
}

/** Follows the hard links of one layer within the layer. */
export class LayerInodes {
  readonly #layer: LayerView;
  readonly #firstNames = new Map<ByteText, ByteText>();
  /** Where names lead that were followed: a long chain is followed once. */
  readonly #ends = new Map<ByteText, NamedEntry>();

  constructor(layer: LayerView) {
    this.#layer = layer;
    for (const entry of layer.entries()) {
      if (entry.type !== 'hardlink') continue;
      const { path } = this.#follow(entry);
      if (!this.#firstNames.has(path)) this.#firstNames.set(path, pathBytes(entry));
    }
  }

  of(name: InventoryEntry): LayerInode {
    const { path, entry } = this.#follow(name);
    const firstLink = this.#firstNames.get(path) ?? path;
    return { path, entry, firstName: firstLink < path ? firstLink : path };
  }

  #follow(name: InventoryEntry): NamedEntry {
    const start = pathBytes(name);
    const way = new Set<ByteText>();
    let path = start;
    let entry: InventoryEntry | null = name;
    let known: NamedEntry | undefined;
    while (entry?.type === 'hardlink' && !way.has(path) && known === undefined) {
      way.add(path);
      path = targetOf(entry);
      entry = this.#layer.find(path);
      known = this.#ends.get(path);
    }
    const end = known ?? { path, entry };
    // The layer may state the start again, as something else.
    way.delete(start);
    for (const each of way) this.#ends.set(each, end);
    return end;
  }
}
