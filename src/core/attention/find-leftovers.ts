import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { Rootfs } from '../rootfs/rootfs.ts';
import { listTree } from '../rootfs/tree.ts';
import type { AttentionItem } from './attention.ts';
import { leftoverAt } from './leftovers.ts';

/** Fewer bytes in all are not worth a word. */
const LEAST = 1_000_000;

interface Sum {
  readonly layer: number;
  count: number;
  bytes: number;
  largest: { readonly path: string; readonly size: number };
}

/** Finds what package managers and compilers left behind, by kind and layer. */
export function* findLeftovers(rootfs: Rootfs): Pausable<AttentionItem[]> {
  const sums = new Map<string, Sum>();
  let seen = 0;
  for (const { path, type, size, layer } of listTree(rootfs)) {
    if (++seen % STRIDE === 0) yield;
    const leftover = type === 'file' ? leftoverAt(path, false) : null;
    if (leftover === null) continue;
    const key = `${layer} ${leftover.paths}`;
    const sum = sums.get(key) ?? { layer, count: 0, bytes: 0, largest: { path, size } };
    sums.set(key, sum);
    sum.count += 1;
    sum.bytes += size;
    if (size > sum.largest.size) sum.largest = { path, size };
  }
  return [...sums.values()]
    .filter(({ bytes }) => bytes >= LEAST)
    .map(({ layer, count, bytes, largest }) => ({
      kind: 'leftover',
      ...{ path: largest.path, layer, count, bytes },
    }));
}
