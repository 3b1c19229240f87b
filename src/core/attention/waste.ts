import { type ByteText, toText } from '../../base/byte-text.ts';
import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import { parentOf, pathBytes, ROOT } from '../layer/entry-path.ts';
import { parseWhiteout } from '../layer/whiteout.ts';
import { openRootfs } from '../rootfs/merge-layers.ts';
import type { LayerView, Placed, RootfsReader } from '../rootfs/rootfs-reader.ts';
import type { AttentionItem } from './attention.ts';
import { isSecret } from './secrets.ts';

/** Fewer bytes in all are not worth a word. */
const LEAST = 1_000_000;
/** Smaller files are not looked for in other layers. */
const LEAST_FILE = 64 * 1024;
/** So many files are looked for in layers that are not read through. */
const MOST_SOUGHT = 16;

/**
 * Finds bytes that an image has and does not show, or has twice: what later layers hide, what they state once more with
 * other metadata, and content that two layers have.
 * @param from the first layer that is looked at; lower ones are only looked into.
 */
export function* findWaste(layers: readonly LayerView[], from = 0): Pausable<AttentionItem[]> {
  const waste = new Waste();
  let count = 0;
  for (let index = from; index < layers.length; index += 1) {
    const layer = layers[index] as LayerView;
    const lower = index === 0 ? null : new LowerLayers(openRootfs(layers.slice(0, index)));
    for (const entry of layer.entries()) {
      if (++count % STRIDE === 0) yield;
      if (entry.type === 'file') waste.meet(entry, index);
      if (lower !== null)
        for (const [path, placed] of lower.hiddenBy(entry)) waste.hide(path, placed, entry, index);
    }
  }
  const unread = layers.slice(0, from);
  return waste.items(unread);
}

/** What stands below a layer. */
class LowerLayers {
  readonly #rootfs: RootfsReader;
  readonly #empty = new Map<ByteText, boolean>();

  constructor(rootfs: RootfsReader) {
    this.#rootfs = rootfs;
  }

  /** The files that an entry hides. */
  *hiddenBy(entry: InventoryEntry): Generator<readonly [ByteText, Placed]> {
    const path = pathBytes(entry);
    const whiteout = entry.type === 'whiteout' || entry.type === 'opaque' ? parseWhiteout(path) : null;
    if (whiteout !== null && 'target' in whiteout) {
      if (whiteout.kind === 'whiteout') yield* this.#fileAt(whiteout.target);
      yield* this.#filesBelow(whiteout.target);
    } else if (entry.type !== 'dir' && !this.#isNew(parentOf(path) ?? ROOT)) {
      yield* this.#fileAt(path);
    }
  }

  *#fileAt(path: ByteText): Generator<readonly [ByteText, Placed]> {
    const there = this.#rootfs.lookup(path);
    if (there?.state.type === 'file') yield [path, there];
  }

  *#filesBelow(directory: ByteText): Generator<readonly [ByteText, Placed]> {
    for (const [path, placed] of this.#rootfs.descendants(directory))
      if (placed.state.type === 'file') yield [path, placed];
  }

  /** Whether nothing stood where a directory is: then nothing in it hides anything. */
  #isNew(directory: ByteText): boolean {
    const known = this.#empty.get(directory);
    if (known !== undefined) return known;
    const isNew = this.#rootfs.lookup(directory) === null;
    this.#empty.set(directory, isNew);
    return isNew;
  }
}

interface Sum {
  readonly layer: number;
  readonly by: number;
  count: number;
  bytes: number;
  largest: { readonly path: ByteText; readonly size: number };
}

interface Content {
  readonly path: ByteText;
  readonly layer: number;
  readonly size: number;
}

class Waste {
  readonly #hidden = new Map<string, Sum>();
  readonly #restated = new Map<string, Sum>();
  readonly #secrets: AttentionItem[] = [];
  readonly #contents = new Map<string, Content[]>();

  /** A file of a layer. */
  meet(entry: InventoryEntry, layer: number): void {
    const { sha256, size } = entry;
    if (sha256 === undefined || size < LEAST_FILE) return;
    const there = this.#contents.get(sha256) ?? [];
    this.#contents.set(sha256, there);
    there.push({ path: pathBytes(entry), layer, size });
  }

  /** A file of a lower layer that an entry hides. */
  hide(path: ByteText, { state, layer }: Placed, by: InventoryEntry, index: number): void {
    const again = by.type === 'file' && by.sha256 === state.sha256;
    if (!again && isSecret(toText(path), state.size))
      this.#secrets.push({ kind: 'hidden-secret', path: toText(path), layer, other: index });
    if (again) add(this.#restated, { layer: index, by: index, path, size: state.size });
    else add(this.#hidden, { layer, by: index, path, size: state.size });
  }

  /** @param unread layers below the first one that was read. */
  items(unread: readonly LayerView[]): AttentionItem[] {
    const large = ({ bytes }: Sum): boolean => bytes >= LEAST;
    return [
      ...this.#secrets,
      ...[...this.#hidden.values()].filter(large).map((sum) => ({ ...tell('hidden', sum), other: sum.by })),
      ...[...this.#restated.values()].filter(large).map((sum) => tell('restated', sum)),
      ...this.#duplicates(unread),
    ];
  }

  #duplicates(unread: readonly LayerView[]): AttentionItem[] {
    const pairs = new Map<string, Sum & { other: ByteText }>();
    const found = (first: Content | { layer: number; path: null }, again: Content): void => {
      const pair = add(pairs, { layer: again.layer, by: first.layer, path: again.path, size: again.size });
      if (pair.largest.path === again.path) Object.assign(pair, { other: first.path ?? '' });
    };
    const bySize = [...this.#contents].sort(
      ([, [one]], [, [other]]) => (other?.size ?? 0) - (one?.size ?? 0),
    );
    for (const [place, [sha256, [first, ...others]]] of bySize.entries()) {
      if (first === undefined) continue;
      const again = others.find(({ layer, path }) => layer !== first.layer && path !== first.path);
      if (again !== undefined) found(first, again);
      else if (place < MOST_SOUGHT && first.size >= LEAST) {
        const lower = unread.findIndex((view) => view.hasContent(sha256));
        if (lower >= 0 && unread[lower]?.find(first.path)?.sha256 !== sha256)
          found({ layer: lower, path: null }, first);
      }
    }
    return [...pairs.values()]
      .filter(({ bytes }) => bytes >= LEAST)
      .map((pair) => ({ ...tell('duplicate', pair), other: pair.other ? toText(pair.other) : pair.by }));
  }
}

interface Hidden {
  readonly layer: number;
  readonly by: number;
  readonly path: ByteText;
  readonly size: number;
}

function add<S extends Sum>(sums: Map<string, S>, { layer, by, path, size }: Hidden): S {
  const key = `${layer} ${by}`;
  const sum = sums.get(key) ?? ({ layer, by, count: 0, bytes: 0, largest: { path, size } } as S);
  sums.set(key, sum);
  sum.count += 1;
  sum.bytes += size;
  if (size > sum.largest.size) sum.largest = { path, size };
  return sum;
}

function tell(kind: AttentionItem['kind'], { layer, count, bytes, largest }: Sum): AttentionItem {
  return { kind, path: toText(largest.path), layer, count, bytes };
}
