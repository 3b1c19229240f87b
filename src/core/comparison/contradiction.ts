import type { Digest } from '../../base/digest.ts';
import { fragmentKey } from '../snapshot/build-snapshot.ts';
import type { Snapshot, SnapshotLayer } from '../snapshot/snapshot.ts';

/**
 * What two snapshots cannot both be right in: a blob holds one layer, a layer has one length, and an analyzer finds one
 * thing in it. One of the two was forged, or made from damaged results.
 * @returns a sentence; null where they agree.
 */
export function findContradiction(base: Snapshot, target: Snapshot): string | null {
  const blobs = new Map<Digest, Digest>();
  const layers = new Map<Digest, SnapshotLayer>();
  for (const layer of base.layers) {
    if (layer.digest !== null) blobs.set(layer.digest, layer.diffId);
    layers.set(layer.diffId, layer);
  }
  for (const layer of target.layers) {
    const { digest, diffId, uncompressedSize } = layer;
    const held = digest === null ? undefined : blobs.get(digest);
    if (held !== undefined && held !== diffId) return `blob ${digest} is layer ${held}, and ${diffId}`;
    const same = layers.get(diffId);
    if (same === undefined) continue;
    if (same.uncompressedSize !== uncompressedSize)
      return `layer ${diffId} has ${same.uncompressedSize} bytes, and ${uncompressedSize}`;
    const results = new Map(same.fragments.map((fragment) => [fragmentKey(fragment), fragment.digest]));
    for (const fragment of layer.fragments) {
      const result = results.get(fragmentKey(fragment)) ?? fragment.digest;
      if (result !== fragment.digest)
        return `layer ${diffId} has ${fragment.kind} ${result}, and ${fragment.digest}`;
    }
  }
  return null;
}
