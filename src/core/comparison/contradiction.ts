import type { Digest } from '../../base/digest.ts';
import { keyText } from '../analysis/analyzer-key.ts';
import { imageFragments, type Snapshot } from '../snapshot/snapshot.ts';

/**
 * What two snapshots cannot both be right in: a blob holds one layer, a layer has one length, and an analyzer finds one
 * thing in a layer or image. One of the two was forged, or made from damaged results; it may contradict itself.
 * @returns a sentence; null where they agree.
 */
export function findContradiction(base: Snapshot, target: Snapshot): string | null {
  const blobs = new Map<Digest, Digest>();
  const lengths = new Map<Digest, number>();
  const results = new Map<string, Digest>();
  for (const { digest, diffId, uncompressedSize, fragments } of [...base.layers, ...target.layers]) {
    const held = digest === null ? diffId : firstSaid(blobs, digest, diffId);
    if (held !== diffId) return `blob ${digest} is layer ${held}, and ${diffId}`;
    const length = firstSaid(lengths, diffId, uncompressedSize);
    if (length !== uncompressedSize) return `layer ${diffId} has ${length} bytes, and ${uncompressedSize}`;
    for (const fragment of fragments) {
      const result = firstSaid(results, `${diffId} ${keyText(fragment)}`, fragment.digest);
      if (result !== fragment.digest)
        return `layer ${diffId} has ${fragment.kind} ${result}, and ${fragment.digest}`;
    }
  }
  for (const snapshot of [base, target]) {
    const { digest } = snapshot.config;
    for (const fragment of imageFragments(snapshot)) {
      const result = firstSaid(results, `${digest} ${keyText(fragment)}`, fragment.digest);
      if (result !== fragment.digest)
        return `image ${digest} has ${fragment.kind} ${result}, and ${fragment.digest}`;
    }
  }
  return null;
}

/** What was said about something before; where nothing was, this is kept as said. */
function firstSaid<Key, Value>(said: Map<Key, Value>, key: Key, value: Value): Value {
  const first = said.get(key) ?? value;
  said.set(key, first);
  return first;
}
