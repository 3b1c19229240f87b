import { measureImage } from '../snapshot/image-size.ts';
import type { Snapshot, SnapshotLayer } from '../snapshot/snapshot.ts';
import type { LayerPair } from './align.ts';
import type { LayerStatus, LayerSummary, SizeSummary } from './comparison.ts';

/** What the target costs more than the base, and what somebody who has the base must pull, in bytes. */
export function compareSizes(base: Snapshot, target: Snapshot): SizeSummary {
  const [before, after] = [measureImage(base), measureImage(target)];
  const known = before.compressedSize !== null && after.compressedSize !== null;
  return {
    uncompressedDelta: after.uncompressedSize - before.uncompressedSize,
    compressedDelta: known ? (after.compressedSize ?? 0) - (before.compressedSize ?? 0) : null,
    pullBytes: countPullBytes(base.layers, target.layers),
  };
}

/** Each blob once, and none that the base has; null where it is not known what is distributed. */
function countPullBytes(base: readonly SnapshotLayer[], target: readonly SnapshotLayer[]): number | null {
  const present = new Set(base.map(({ digest }) => digest));
  if (target.length > 0 && present.has(null)) return null;
  const missing = new Map<string, number>();
  for (const { digest, size } of target) {
    if (digest === null || size === null) return null;
    if (!present.has(digest)) missing.set(digest, size);
  }
  return sum([...missing.values()]);
}

/** Counts what became of the layers, and what the first new one dragged along. */
export function summarizeLayers(pairs: readonly LayerPair[]): LayerSummary {
  const count = (wanted: LayerStatus): number => pairs.filter(({ status }) => status === wanted).length;
  const [unchanged, recompressed, moved] = [count('unchanged'), count('recompressed'), count('moved')];
  const layers = pairs.filter(({ target }) => target !== null).length;
  const shipped = pairs.flatMap(({ status, target }) =>
    target !== null && (status === 'rebuilt' || status === 'added') ? [target] : [],
  );
  return {
    unchanged,
    recompressed,
    moved,
    rebuilt: count('rebuilt'),
    added: count('added'),
    removed: count('removed'),
    reuseRatio: layers === 0 ? 1 : (unchanged + recompressed + moved) / layers,
    firstRebuilt: shipped[0]?.index ?? null,
    cascade: {
      layers: shipped.length,
      uncompressedSize: sum(shipped.map(({ uncompressedSize }) => uncompressedSize)),
    },
  };
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
