import type { Digest } from '../base/digest.ts';
import { toVarveError, VarveError } from '../base/errors.ts';
import type { SourceLayer } from '../core/image/image-source.ts';
import { layerTypeFinding } from '../core/image/layer-type-finding.ts';
import type { LayerFragment, LayerReader, LayerReading, LayerRequest } from '../core/layer/layer-reader.ts';
import type { LayerFinding, Reading } from '../core/report/report.ts';
import { gatherLayerKnowledge } from '../core/snapshot/layer-knowledge.ts';
import {
  type KnownFragment,
  type LayerPlan,
  planLayers,
  type WantedFragment,
} from '../core/snapshot/reuse.ts';
import type { Store } from '../core/store.ts';

/** What looking at layers needs of the outside. */
export interface LayerTools {
  readonly reader: LayerReader;
  readonly store: Store;
  /** The results that are wanted of every layer. */
  readonly wanted: readonly WantedFragment[];
  readonly startProgress: StartProgress;
}

/** Begins to tell how a read of so many layers, and stored bytes, goes on. */
export type StartProgress = (plan: { readonly layers: number; readonly bytes: number }) => ReadProgress;

export interface ReadProgress {
  /** Stored bytes that were read since the last call. */
  advance(bytes: number): void;
  finishLayer(): void;
  /** The read is over, or failed. */
  clear(): void;
}

/** A layer whose content is known: verified just now, or by an earlier run. */
export interface AnalysedLayer {
  readonly layer: SourceLayer;
  readonly uncompressedSize: number;
  readonly fragments: readonly AnalysedFragment[];
}

/** A fragment that the store has, or one that was made just now and is still to be stored. */
export type AnalysedFragment = KnownFragment | LayerFragment;

export interface AnalysedLayers {
  readonly layers: readonly AnalysedLayer[];
  readonly reading: Reading;
  /** What was odd in the layers that were read. */
  readonly findings: readonly LayerFinding[];
}

/** Tells a fragment that is still to be stored. */
export function isFresh(fragment: AnalysedFragment): fragment is LayerFragment {
  return 'compressed' in fragment;
}

/**
 * Gets the fragments of an image's layers: those that the store has, and for the others by reading and verifying them.
 * @param reuse false reads every layer, as when what the store has of them proved damaged.
 * @throws VarveError for bytes that are not what manifest and config claim.
 */
export async function analyseLayers(
  tools: LayerTools,
  tenant: string,
  layers: readonly SourceLayer[],
  reuse = true,
): Promise<AnalysedLayers> {
  const [analysed] = await analyseImages(tools, tenant, [layers], reuse);
  if (analysed instanceof VarveError) throw analysed;
  if (analysed === undefined) throw new VarveError('internal', 'the layers were not analysed');
  return analysed;
}

/**
 * The same for several images, which are read together: a layer that they share is read once, and counts as read for
 * the first of them.
 * @returns for each image its layers, or why they could not be had; one's damage is nothing to the others.
 * @throws VarveError for faults of the store.
 */
export async function analyseImages(
  tools: LayerTools,
  tenant: string,
  images: readonly (readonly SourceLayer[])[],
  reuse = true,
): Promise<(AnalysedLayers | VarveError)[]> {
  const knowledge = reuse
    ? await gatherLayerKnowledge(tools.store, tenant, images.flat(), tools.wanted)
    : { diffIds: new Map<Digest, Digest>(), layers: new Map() };
  const plans = images.map((layers) => planLayers(layers, knowledge, tools.wanted));
  const outcomes = await readImages(tools, plans);
  const readBefore = new Set<Digest>();
  return plans.map((plan, image) => {
    const outcome = outcomes[image];
    if (outcome === undefined || outcome instanceof VarveError)
      return outcome ?? new VarveError('internal', 'an image was not read');
    const analysed = gather(plan, outcome, readBefore);
    for (const { digest } of outcome.values()) readBefore.add(digest);
    return analysed;
  });
}

/** @param readBefore blobs that were read for another image. */
function gather(
  plans: readonly LayerPlan[],
  readings: Readings,
  readBefore: ReadonlySet<Digest>,
): AnalysedLayers {
  const found = plans.flatMap(({ layer }) => {
    const reading = readings.get(layer.index);
    return reading === undefined ? [] : [{ layer, reading }];
  });
  const read = found.filter(({ reading }) => !readBefore.has(reading.digest));
  return {
    layers: plans.map((plan) => describe(plan, readings)),
    reading: {
      reused: plans.length - read.length,
      read: read.length,
      bytesRead: read.reduce((bytes, { reading }) => bytes + reading.size, 0),
    },
    findings: found.flatMap(({ layer, reading }) => findingsOf(layer, reading)),
  };
}

function findingsOf(
  { index, mediaType }: SourceLayer,
  { compression, findings }: LayerReading,
): LayerFinding[] {
  const mistyped = layerTypeFinding(mediaType, compression);
  return [...(mistyped === null ? [] : [mistyped]), ...findings].map((finding) => ({
    layer: index,
    ...finding,
  }));
}

/** What was read of an image, by the layer's index. */
type Readings = Map<number, LayerReading>;

/**
 * Reads together what is not known of several images. Where bytes are damaged, what is left of each is read alone, so
 * that only the images that have them fail; other faults fail all that are not done.
 */
async function readImages(
  { reader, startProgress }: LayerTools,
  images: readonly (readonly LayerPlan[])[],
): Promise<(Readings | VarveError)[]> {
  const unknown = images.map((plans) => plans.filter(({ action }) => action !== 'reuse'));
  const requests = unknown.map((plans, image) => plans.map((plan) => toRequest(plan, image)));
  const readings = images.map((): Readings => new Map());
  if (requests.every(({ length }) => length === 0)) return readings;
  const bytes = unknown.flat().reduce((sum, { layer }) => sum + layer.storedSize, 0);
  const progress = startProgress({ layers: unknown.flat().length, bytes });
  const read = async (wanted: readonly LayerRequest[]): Promise<VarveError | null> => {
    try {
      for await (const reading of reader.read(wanted, (count) => progress.advance(count))) {
        readings[reading.image ?? 0]?.set(reading.index, reading);
        progress.finishLayer();
      }
      return null;
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.kind === 'internal') throw fault;
      return error;
    }
  };
  try {
    const fault = await read(requests.flat());
    if (fault === null) return readings;
    const outcomes: (Readings | VarveError)[] = [];
    for (const [image, found] of readings.entries()) {
      const left = (requests[image] ?? []).filter(({ index }) => !found.has(index));
      const alone = images.length > 1 && fault.kind === 'bytes';
      const problem = left.length === 0 ? null : alone ? await read(left) : fault;
      outcomes.push(problem ?? found);
    }
    return outcomes;
  } finally {
    progress.clear();
  }
}

function toRequest({ action, layer }: LayerPlan, image: number): LayerRequest {
  const { index, location, digest, address, size, diffId } = layer;
  return {
    index,
    image,
    location,
    expected: { digest: digest ?? address, size, diffId },
    want: action === 'verify' ? 'digests' : 'fragments',
  };
}

function describe(plan: LayerPlan, readings: Readings): AnalysedLayer {
  const { layer } = plan;
  const content = plan.action === 'read' ? readings.get(layer.index) : plan.known;
  if (content === undefined) throw new VarveError('internal', `layer ${layer.index} was not read`);
  return { layer, uncompressedSize: content.uncompressedSize, fragments: content.fragments };
}
