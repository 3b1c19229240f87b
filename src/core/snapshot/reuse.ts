import type { Digest } from '../../base/digest.ts';
import type { FragmentRecord } from '../analysis/fragment.ts';
import { fragmentKey } from '../analysis/fragment.ts';
import type { SourceLayer } from '../image/image-source.ts';
import type { PayloadFormat } from '../surface/item.ts';
import type { Damage } from '../surface/surface-store.ts';

/** A result that is wanted of every layer. */
export type WantedFragment = Omit<FragmentRecord, 'digest'>;

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
export interface KnownLayer {
  readonly diffId: Digest;
  readonly uncompressedSize: number;
  readonly fragments: readonly KnownFragment[];
}

export interface KnownFragment extends FragmentRecord {
  readonly format: PayloadFormat;
  /** Length in bytes of the uncompressed payload. */
  readonly sizeBytes: number;
}

/**
 * What is to be done with a layer.
 * `reuse`: its bytes are known, it is not opened. `verify`: only the config says that the blob is this layer, so it is
 * read and hashed, and the known fragments stand once it proves to be. `read`: it is read and analysed.
 */
export type LayerPlan =
  | { readonly action: 'reuse' | 'verify'; readonly layer: SourceLayer; readonly known: KnownLayer }
  | { readonly action: 'read'; readonly layer: SourceLayer; readonly reason: ReadReason };

/** Never read; read, but not by these analyzers; bound to another diffID than the config claims. */
export type ReadReason = 'unknown' | 'not-analysed' | 'contradicted';

/** Plans which layers of an image must be read, and how far. The known layers of a plan have the wanted fragments alone. */
export function planLayers(
  layers: readonly SourceLayer[],
  knowledge: LayerKnowledge,
  wanted: readonly WantedFragment[],
): LayerPlan[] {
  return layers.map((layer) => {
    const trust = weigh(layer, knowledge.diffIds);
    if (trust === 'contradicted') return { action: 'read', layer, reason: 'contradicted' };
    const known = knowledge.layers.get(layer.diffId);
    if (known === undefined) return { action: 'read', layer, reason: 'unknown' };
    const fragments = pickFragments(known, wanted);
    if (fragments === null) return { action: 'read', layer, reason: 'not-analysed' };
    return { action: trust === 'bound' ? 'reuse' : 'verify', layer, known: { ...known, fragments } };
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

/** The wanted fragments; null unless all are there. */
function pickFragments(known: KnownLayer, wanted: readonly WantedFragment[]): KnownFragment[] | null {
  const byKey = new Map(known.fragments.map((fragment) => [fragmentKey(fragment), fragment]));
  const picked = wanted.map((each) => byKey.get(fragmentKey(each)));
  return picked.every((each) => each !== undefined) ? picked : null;
}
