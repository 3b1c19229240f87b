import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import { callOf, keyText } from '../../core/analysis/analyzer-key.ts';
import type { Analyzers } from '../../core/analysis/analyzers.ts';
import type { SourceImage, SourceLayer } from '../../core/image/image-source.ts';
import { layerTypeFinding } from '../../core/image/layer-type-finding.ts';
import { mergeFindings } from '../../core/layer/finding-log.ts';
import type { LayerReading } from '../../core/reading/layer-reader.ts';
import type { LayerFinding, Reading } from '../../core/report/report.ts';
import { gatherLayerKnowledge } from '../../core/snapshot/layer-knowledge.ts';
import { type LayerKnowledge, type LayerPlan, planLayers } from '../../core/snapshot/plan-layers.ts';
import type { Store } from '../../core/store/store.ts';
import type { Damage } from '../../core/surface/surface-store.ts';
import { findPassedLimits } from './passed-limits.ts';
import type { AnalyzedFragment } from './read-fragment.ts';
import { type LayerReadings, type ReadingTools, readLayers } from './read-layers.ts';

/** What looking at layers needs of the outside. */
export interface LayerTools extends ReadingTools {
  readonly store: Store;
  /** Those whose results are wanted. */
  readonly analyzers: Analyzers;
  /** What the reader applies to layers. Those that are not read may exceed it, which becomes a finding. */
  readonly limits: Limits;
  /** Whether layers are read and verified whatever is known of them. */
  readonly reread: boolean;
}

/** An image's layers, and the ways to those whose location is not known yet. */
export type LayeredImage = Pick<SourceImage, 'layers' | 'ways'>;

/** A layer whose content is known: verified just now, or by an earlier run. */
export interface AnalyzedLayer {
  readonly layer: SourceLayer;
  readonly uncompressedSize: number;
  readonly fragments: readonly AnalyzedFragment[];
  /** Whether it was read just now. */
  readonly isRead: boolean;
  /** What of it proved wrong in the store. */
  readonly damages: readonly Damage[];
}

export interface AnalyzedLayers {
  readonly layers: readonly AnalyzedLayer[];
  readonly reading: Reading;
  /** What was odd in the layers that were read. */
  readonly findings: readonly LayerFinding[];
  /** Limits that were not applied to the others. */
  readonly passedLimits: readonly LayerFinding[];
}

/**
 * Gets the fragments of an image's layers: those that the store has, and for the others by reading and verifying them.
 * @throws VarveError for bytes that are not what manifest and config claim.
 */
export async function analyzeLayers(
  tools: LayerTools,
  tenant: string,
  image: LayeredImage,
): Promise<AnalyzedLayers> {
  const [analyzed] = await analyzeImages(tools, tenant, [image]);
  if (analyzed instanceof VarveError) throw analyzed;
  if (analyzed === undefined) throw new VarveError('internal', 'the layers were not analyzed');
  return analyzed;
}

/**
 * The same for several images, which are read together: a layer that they share is read once, and counts as read for
 * the first of them.
 * @returns for each image its layers, or why they could not be had; one's damage is nothing to the others.
 * @throws VarveError for faults of the store.
 */
export async function analyzeImages(
  tools: LayerTools,
  tenant: string,
  images: readonly LayeredImage[],
): Promise<(AnalyzedLayers | VarveError)[]> {
  const layers = images.flatMap((image) => image.layers);
  const analyzers = tools.analyzers.layers;
  const knowledge = await gatherLayerKnowledge(tools.store, tenant, layers, analyzers);
  const planned = images.map((image) => ({
    plans: planLayers(image.layers, knowledge, analyzers.map(callOf), tools),
    ways: image.ways ?? [],
  }));
  const outcomes = await readLayers(tools, planned);
  const readBefore = new Set<Digest>();
  const results: (AnalyzedLayers | VarveError)[] = [];
  for (const [image, { plans }] of planned.entries()) {
    const outcome = outcomes[image];
    if (outcome === undefined || outcome instanceof VarveError) {
      results.push(outcome ?? new VarveError('internal', 'an image was not read'));
      continue;
    }
    const analyzed = gather(plans, outcome, readBefore, knowledge);
    results.push({ ...analyzed, passedLimits: await findPassedLimits(tools, tenant, plans) });
    for (const { digest } of outcome.readings.values()) readBefore.add(digest);
  }
  return results;
}

/** @param readBefore blobs that were read for another image. */
function gather(
  plans: readonly LayerPlan[],
  { readings, from }: LayerReadings,
  readBefore: ReadonlySet<Digest>,
  knowledge: LayerKnowledge,
): Omit<AnalyzedLayers, 'passedLimits'> {
  const found = plans.flatMap(({ layer }) => {
    const reading = readings.get(layer.index);
    return reading === undefined ? [] : [{ layer, reading }];
  });
  const read = found.filter(({ reading }) => !readBefore.has(reading.digest));
  return {
    layers: plans.map((plan) => describe(plan, readings, knowledge)),
    reading: {
      reused: plans.length - read.length,
      read: read.length,
      bytesRead: read.reduce((bytes, { reading }) => bytes + reading.size, 0),
      from,
    },
    findings: found.flatMap(({ layer, reading }) => findingsOf(layer, reading)),
  };
}

function findingsOf(
  { index, mediaType }: SourceLayer,
  { compression, findings, fragments }: LayerReading,
): LayerFinding[] {
  const mistyped = layerTypeFinding(mediaType, compression);
  const found = mergeFindings([findings, ...fragments.map((fragment) => fragment.findings)]);
  return [...(mistyped === null ? [] : [mistyped]), ...found].map((finding) => ({
    layer: index,
    ...finding,
  }));
}

function describe(
  plan: LayerPlan,
  readings: LayerReadings['readings'],
  knowledge: LayerKnowledge,
): AnalyzedLayer {
  const { layer, known } = plan;
  const reading = readings.get(layer.index);
  const facts = reading ?? (plan.action === 'reuse' ? known : null);
  if (facts === null) throw new VarveError('internal', `layer ${layer.index} was not read`);
  return {
    layer,
    uncompressedSize: facts.uncompressedSize,
    fragments: [...(known?.fragments ?? []), ...(reading?.fragments ?? [])],
    isRead: reading !== undefined,
    damages: [...damagesOf(plan, knowledge.damages), ...disprove(plan, reading, knowledge)],
  };
}

/** What the store has of a layer that was read all the same, and that reading it proved wrong. */
function disprove(
  { layer, reason }: LayerPlan,
  reading: LayerReading | undefined,
  { layers }: LayerKnowledge,
): Damage[] {
  if (reason !== 'reread' || reading === undefined) return [];
  const made = new Map(reading.fragments.map((fragment) => [keyText(fragment), fragment.digest]));
  const wrong = (layers.get(layer.diffId)?.fragments ?? []).filter((known) => {
    const digest = made.get(keyText(known));
    return digest !== undefined && digest !== known.digest;
  });
  return wrong.map(({ kind, digest }) => ({
    object: `${kind} ${digest}`,
    problem: `is not what layer ${layer.diffId} gives when it is read`,
  }));
}

/** What was damaged, and what the layer itself has shown to be wrong. */
function damagesOf(plan: LayerPlan, damages: LayerKnowledge['damages']): Damage[] {
  const { digest, address, diffId } = plan.layer;
  const names = new Set([digest, address, diffId].filter((name) => name !== null));
  const met = [...names].flatMap((name) => damages.get(name) ?? []);
  if (plan.reason !== 'contradicted') return met;
  return [...met, { object: `blob ${digest ?? address}`, problem: `is not recorded as layer ${diffId}` }];
}
