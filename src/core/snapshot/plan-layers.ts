import type { Digest } from '../../base/digest.ts';
import type { LayerFacts } from '../analysis/analyzer.ts';
import { type AnalyzerCall, keyText } from '../analysis/analyzer-key.ts';
import type { SourceLayer } from '../image/image-source.ts';
import type { Damage } from '../surface/surface-store.ts';
import type { KnownFragment } from './known-fragments.ts';

/** What is known of the layers of an image before any is opened. */
export interface LayerKnowledge {
  /** The diffID that a verified read bound to a blob. */
  readonly diffIds: ReadonlyMap<Digest, Digest>;
  /** Layers that were read before, by diffID. */
  readonly layers: ReadonlyMap<Digest, KnownLayer>;
  /** What was damaged of it, by the blob or diffID that was asked for; such things count as unknown. */
  readonly damages: ReadonlyMap<Digest, readonly Damage[]>;
}

/** A layer that was read before, with those of its fragments that the store still has. */
export interface KnownLayer extends LayerFacts {
  readonly fragments: readonly KnownFragment[];
}

/**
 * What is to be done with a layer.
 * `reuse`: its bytes are known, it is not opened. `verify`: only the config says that the blob is this layer, or the blob
 * is not there as it should be, so it is read and hashed, and the known fragments stand once it proves to be. `read`: it
 * is read and analyzed.
 */
export interface LayerPlan {
  readonly action: 'reuse' | 'verify' | 'read';
  readonly layer: SourceLayer;
  /** Null where nothing is known that counts. It has wanted fragments alone. */
  readonly known: KnownLayer | null;
  /** The analyzers whose results are not known. */
  readonly want: readonly AnalyzerCall[];
  /** Why it is read; null where it is not analyzed. */
  readonly reason: ReadReason | null;
}

/**
 * Never read; read, but not by these analyzers; bound to another diffID than the config claims; known, but asked for all
 * the same.
 */
export type ReadReason = 'unknown' | 'not-analyzed' | 'contradicted' | 'reread';

export interface PlanOptions {
  /** Reads every layer with every analyzer, whatever is known. */
  readonly reread?: boolean;
}

/**
 * Plans which layers of an image must be read, and by which analyzers: those whose results are known do not run again.
 * @param wanted the analyzers whose results every layer shall have.
 */
export function planLayers(
  layers: readonly SourceLayer[],
  knowledge: LayerKnowledge,
  wanted: readonly AnalyzerCall[],
  { reread = false }: PlanOptions = {},
): LayerPlan[] {
  return layers.map((layer) => {
    const trust = weigh(layer, knowledge.diffIds);
    const found = trust === 'contradicted' ? undefined : knowledge.layers.get(layer.diffId);
    if (found === undefined || reread) {
      const reason = trust === 'contradicted' ? 'contradicted' : found === undefined ? 'unknown' : 'reread';
      return { action: 'read', layer, known: null, want: wanted, reason };
    }
    const known = { ...found, fragments: pickFragments(found, wanted) };
    const want = lackedBy(known, wanted);
    if (want.length > 0) return { action: 'read', layer, known, want, reason: 'not-analyzed' };
    const isReusable = trust === 'bound' && isPresent(layer, known);
    return { action: isReusable ? 'reuse' : 'verify', layer, known, want, reason: null };
  });
}

/** Whether the blob is the layer that the config claims it is, as far as earlier reads tell. */
function weigh(layer: SourceLayer, diffIds: LayerKnowledge['diffIds']): 'bound' | 'claimed' | 'contradicted' {
  const names = [layer.digest, layer.address].filter((name) => name !== null);
  const bound = names.map((name) => diffIds.get(name)).filter((diffId) => diffId !== undefined);
  if (bound.some((diffId) => diffId !== layer.diffId)) return 'contradicted';
  // A blob whose own digest is the diffID of a known layer is that layer, uncompressed.
  return bound.length > 0 || names.includes(layer.diffId) ? 'bound' : 'claimed';
}

/**
 * Whether a blob is where it should be and of its size, as far as that shows without reading it. What is foreign or
 * encrypted was never there to be read.
 */
function isPresent({ location, size, storedSize, address, diffId }: SourceLayer, known: KnownLayer): boolean {
  if (location.kind === 'absent') return location.why !== undefined;
  if (location.kind !== 'file' && location.kind !== 'compressed-file') return true;
  if (size !== null) return storedSize === size;
  // Nothing declares a size here: only that of an uncompressed blob is known.
  return address === diffId && storedSize === known.uncompressedSize;
}

function pickFragments({ fragments }: KnownLayer, wanted: readonly AnalyzerCall[]): readonly KnownFragment[] {
  const byKey = new Map(fragments.map((fragment) => [keyText(fragment), fragment]));
  return wanted.map(({ key }) => byKey.get(keyText(key))).filter((fragment) => fragment !== undefined);
}

function lackedBy({ fragments }: KnownLayer, wanted: readonly AnalyzerCall[]): readonly AnalyzerCall[] {
  const keys = new Set(fragments.map(keyText));
  return wanted.filter(({ key }) => !keys.has(keyText(key)));
}
