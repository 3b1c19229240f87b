import { formatCount, formatSize } from '../../base/human-size.ts';
import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { Rootfs } from '../rootfs/rootfs.ts';
import { listTree } from '../rootfs/tree.ts';
import type { AttentionLine } from './attention.ts';
import { type Leftover, leftoverAt } from './leftovers.ts';
import { capitalize } from './name-layer.ts';
import { code, type Phrase, phrase } from './phrase.ts';

/** Fewer bytes in all are not worth a word. */
const LEAST = 1_000_000;

interface Sum {
  readonly leftover: Leftover;
  readonly layer: number;
  count: number;
  bytes: number;
  largest: { readonly path: string; readonly size: number };
}

/** Finds what package managers and compilers left behind, by kind and layer, most bytes first. */
export function* findLeftovers(
  rootfs: Rootfs,
  nameLayer: (index: number) => Phrase,
): Pausable<AttentionLine[]> {
  const sums = new Map<string, Sum>();
  let seen = 0;
  for (const { path, type, size, layer } of listTree(rootfs)) {
    if (++seen % STRIDE === 0) yield;
    const leftover = type === 'file' ? leftoverAt(path, false) : null;
    if (leftover === null) continue;
    const key = `${layer} ${leftover.paths}`;
    const sum = sums.get(key) ?? { leftover, layer, count: 0, bytes: 0, largest: { path, size } };
    sums.set(key, sum);
    sum.count += 1;
    sum.bytes += size;
    if (size > sum.largest.size) sum.largest = { path, size };
  }
  return [...sums.values()]
    .filter(({ bytes }) => bytes >= LEAST)
    .sort((one, other) => other.bytes - one.bytes)
    .map((sum) => toLine(sum, nameLayer));
}

function toLine({ leftover, layer, count, bytes, largest }: Sum, nameLayer: (index: number) => Phrase) {
  const { name, remedy } = leftover;
  return {
    kind: 'leftover' as const,
    ...{ path: largest.path, layer, count, bytes },
    sentence: phrase`${capitalize(nameLayer(layer))} leaves ${phrase`${name}`} in the image, ${formatCount(count, 'file')}, ${formatSize(bytes)}`,
    remedy:
      'remove' in remedy ? phrase`end it with ${code(`rm -rf ${remedy.remove}`)}` : phrase`${remedy.instead}`,
  };
}
