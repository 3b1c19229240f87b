import type { Digest } from '../base/digest.ts';
import { toVarveError, VarveError } from '../base/errors.ts';
import type { LayerWay, SourceImage, SourceLayer } from '../core/image/image-source.ts';
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

/** Begins to tell how a read goes on. */
export type StartProgress = (plan: ReadPlan) => ReadProgress;

export interface ReadPlan {
  /** How many layers are read; null while an engine exports an image, before any is. */
  readonly layers: number | null;
  /** Stored bytes to come; of an export about as many. */
  readonly bytes: number;
}

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
 * Gets the fragments of layers: those that the store has, and for the others by reading and verifying them.
 * @param reuse false reads every layer, as when what the store has of them proved damaged.
 * @throws VarveError for bytes that are not what manifest and config claim.
 */
export async function analyseLayers(
  tools: LayerTools,
  tenant: string,
  { layers, ways = [] }: Pick<SourceImage, 'layers' | 'ways'>,
  reuse = true,
): Promise<AnalysedLayers> {
  const knowledge = reuse
    ? await gatherLayerKnowledge(tools.store, tenant, layers, tools.wanted)
    : { diffIds: new Map<Digest, Digest>(), layers: new Map() };
  const plans = planLayers(layers, knowledge, tools.wanted);
  const { readings, from } = await readLayers(tools, plans, ways);
  const read = plans.flatMap(({ layer }) => {
    const reading = readings.get(layer.index);
    return reading === undefined ? [] : [{ layer, reading }];
  });
  return {
    layers: plans.map((plan) => describe(plan, readings)),
    reading: {
      reused: plans.length - read.length,
      read: read.length,
      bytesRead: read.reduce((bytes, { reading }) => bytes + reading.size, 0),
      from,
    },
    findings: read.flatMap(({ layer, reading }) => findingsOf(layer, reading)),
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

interface LayerReadings {
  /** By index. */
  readonly readings: ReadonlyMap<number, LayerReading>;
  /** The ways that were taken. */
  readonly from: readonly string[];
}

/** Reads the layers that are not known: those at hand, then the others by the first way that leads to each. */
async function readLayers(
  tools: LayerTools,
  plans: readonly LayerPlan[],
  ways: readonly LayerWay[],
): Promise<LayerReadings> {
  const readings = new Map<number, LayerReading>();
  const from: string[] = [];
  const unknown = plans.filter(({ action }) => action !== 'reuse');
  await readPlanned(
    tools,
    unknown.filter(({ layer }) => layer.location.kind !== 'deferred'),
    readings,
  );
  const isPending = ({ layer }: LayerPlan): boolean => !readings.has(layer.index);
  let doubt: VarveError | null = null;
  for (const { name, locate } of ways) {
    const pending = unknown.filter(isPending);
    if (pending.length === 0) break;
    const located = await locate(pending.map(({ layer }) => layer));
    const reachable = pending.flatMap((plan) => {
      const found = located.get(plan.layer.index);
      return found === undefined ? [] : [{ ...plan, layer: { ...plan.layer, ...found } }];
    });
    const before = readings.size;
    doubt = await readPlanned(tools, reachable, readings).then(() => null, asDoubt);
    if (readings.size > before) from.push(name);
  }
  if (doubt !== null && unknown.some(isPending)) throw doubt;
  return { readings, from };
}

/** A way that proves wrong is left for the next one; other faults are not of the way. */
function asDoubt(fault: unknown): VarveError {
  const error = toVarveError(fault);
  if (error.code === 'storage-differs') return error;
  throw fault;
}

/** Reads layers that were located. @param readings takes each as it is done. */
async function readPlanned(
  { reader, startProgress }: LayerTools,
  plans: readonly LayerPlan[],
  readings: Map<number, LayerReading>,
): Promise<void> {
  if (plans.length === 0) return;
  const bytes = plans.reduce((sum, { layer }) => sum + layer.storedSize, 0);
  const progress = startProgress({ layers: plans.length, bytes });
  try {
    const advance = (count: number): void => progress.advance(count);
    for await (const reading of reader.read(plans.map(toRequest), advance)) {
      readings.set(reading.index, reading);
      progress.finishLayer();
    }
  } finally {
    progress.clear();
  }
}

function toRequest({ action, layer }: LayerPlan): LayerRequest {
  const { index, location, digest, address, size, diffId } = layer;
  return {
    index,
    location,
    expected: { digest: digest ?? address, size, diffId },
    want: action === 'verify' ? 'digests' : 'fragments',
  };
}

function describe(plan: LayerPlan, readings: ReadonlyMap<number, LayerReading>): AnalysedLayer {
  const { layer } = plan;
  const content = plan.action === 'read' ? readings.get(layer.index) : plan.known;
  if (content === undefined) throw new VarveError('internal', `layer ${layer.index} was not read`);
  return { layer, uncompressedSize: content.uncompressedSize, fragments: content.fragments };
}
