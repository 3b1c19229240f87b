import type { Digest } from '../../base/digest.ts';
import { attempt, VarveError } from '../../base/errors.ts';
import type { Analyzers } from '../../core/analysis/analyzers.ts';
import { recordOf } from '../../core/analysis/fragment.ts';
import { alignHistory } from '../../core/image/history.ts';
import type { SourceImage } from '../../core/image/image-source.ts';
import type { PassedOverImage } from '../../core/image/listing.ts';
import { stepOf } from '../../core/image/step.ts';
import type { LayerFinding, Reading } from '../../core/report/report.ts';
import { buildSnapshot, type LayerResults, snapshotBytes } from '../../core/snapshot/build-snapshot.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { damageOf } from '../../core/surface/damage.ts';
import { CONFIG_KIND, MANIFEST_KIND, SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import type { ListedItem } from '../../core/surface/manifest.ts';
import { itemOfFragment, type Origin, packItem } from '../../core/surface/pack-item.ts';
import { expiryAfter } from '../../core/surface/retention.ts';
import { listItem } from '../../core/surface/surface-manifest.ts';
import type { Damage } from '../../core/surface/surface-store.ts';
import { type AnalyzedImage, analyzeImage } from './analyze-image.ts';
import {
  type AnalyzedLayer,
  type AnalyzedLayers,
  analyzeImages,
  analyzeLayers,
  type LayerTools,
} from './analyze-layers.ts';
import { type AnalyzedFragment, isFresh } from './read-fragment.ts';

/** A snapshot with all that it names in the store. */
export interface TakenSnapshot {
  readonly snapshot: Snapshot;
  readonly digest: Digest;
  /** What derives from the image, as its surface manifest lists it. */
  readonly items: readonly ListedItem[];
  readonly reading: Reading;
  readonly findings: readonly LayerFinding[];
  /** What of the image was damaged in the store, and was read again. */
  readonly damages: readonly Damage[];
  /** Images of the same platform that the place has and that were not looked at. */
  readonly passedOver: readonly PassedOverImage[];
  /** The platform that an index lists it for, where the config states another one. */
  readonly listedPlatform?: SourceImage['listedPlatform'];
}

/**
 * Records an image: reads and verifies the layers that are not known, and stores what was found.
 * @throws VarveError for bytes that are not what manifest and config claim; nothing is stored then.
 */
export async function takeSnapshot(
  tools: LayerTools,
  image: SourceImage,
  origin: Origin,
): Promise<TakenSnapshot> {
  return record(tools, image, origin, await analyzeLayers(tools, origin.tenant, image));
}

/** The same where what the store knows of the layers proved damaged: each is read again. */
export async function retakeSnapshot(
  tools: LayerTools,
  image: SourceImage,
  origin: Origin,
): Promise<TakenSnapshot> {
  await forgetImage(tools.store, origin.tenant, image);
  return takeSnapshot(tools, image, origin);
}

async function forgetImage(store: Store, tenant: string, { layers, config }: SourceImage): Promise<void> {
  await forgetLayers(store, tenant, [...layers, { diffId: config.digest }]);
}

/** Has a store know nothing of layers, so that they are read again. */
export async function forgetLayers(
  { layers: records }: Store,
  tenant: string,
  layers: readonly { readonly diffId: Digest }[],
): Promise<void> {
  await records.forget(
    tenant,
    layers.map(({ diffId }) => diffId),
  );
}

/**
 * The same for several images of one tenant, which are read together.
 * @returns the images, each with its snapshot or why there is none.
 * @throws VarveError for faults of the store.
 */
export async function takeSnapshots<T extends { readonly image: SourceImage; readonly origin: Origin }>(
  tools: LayerTools,
  images: readonly T[],
  tenant: string,
): Promise<(T & { readonly taken: TakenSnapshot | VarveError })[]> {
  const layered = images.map(({ image }) => image);
  const analyzed = await analyzeImages(tools, tenant, layered);
  const outcomes: (T & { readonly taken: TakenSnapshot | VarveError })[] = [];
  for (const [place, each] of images.entries()) {
    const outcome = analyzed[place] ?? new VarveError('internal', 'an image was not analyzed');
    const { image, origin } = each;
    const taken =
      outcome instanceof VarveError
        ? outcome
        : await attempt(['bytes'], () => record(tools, image, origin, outcome));
    outcomes.push({ ...each, taken });
  }
  return outcomes;
}

async function record(
  tools: LayerTools,
  image: SourceImage,
  origin: Origin,
  analyzed: AnalyzedLayers,
): Promise<TakenSnapshot> {
  const { tenant } = origin;
  let done = await analyzeWhole(tools, image, origin, analyzed);
  // Fragments that were deleted since they were found are made again.
  while (!(await claimKnown(tools, origin, fragmentsOf(done)))) {
    done = await analyzeWhole(tools, image, origin, await analyzeLayers(tools, tenant, image));
  }
  const { layers, whole, reading, findings, passedLimits, damages } = done;
  const fragments = whole.fragments.map(recordOf);
  const snapshot = buildSnapshot(image, describeLayers(image, layers), fragments);
  const stored = await storeSnapshot(tools, origin, image, snapshot, layers, whole);
  const imageFindings = [...image.findings, ...whole.findings].map((finding) => ({
    layer: null,
    ...finding,
  }));
  const { passedOver = [], listedPlatform } = image;
  return {
    ...{ snapshot, ...stored, reading, damages, passedOver },
    ...(listedPlatform && { listedPlatform }),
    findings: [...imageFindings, ...findings, ...passedLimits],
  };
}

interface WhollyAnalyzed extends AnalyzedLayers {
  readonly whole: AnalyzedImage;
  readonly damages: readonly Damage[];
}

/** Runs the analyzers of the image as a whole. If what they get of a layer is damaged, the layer is read again. */
async function analyzeWhole(
  tools: LayerTools,
  image: SourceImage,
  { tenant }: Origin,
  analyzed: AnalyzedLayers,
): Promise<WhollyAnalyzed> {
  const whole = await attempt(['bytes'], () => analyzeImage(tools, tenant, image, analyzed.layers));
  if (!(whole instanceof VarveError)) return putTogether(analyzed, whole, []);
  if (analyzed.layers.every(({ fragments }) => fragments.every(isFresh))) throw whole;
  await forgetImage(tools.store, tenant, image);
  const again = await analyzeLayers(tools, tenant, image);
  const damage = damageOf(whole.object ?? image.config.digest, whole);
  return putTogether(again, await analyzeImage(tools, tenant, image, again.layers), [damage]);
}

function putTogether(analyzed: AnalyzedLayers, whole: AnalyzedImage, met: readonly Damage[]): WhollyAnalyzed {
  const { layers, reading, findings, passedLimits } = analyzed;
  const damages = [...new Set([...met, ...layers.flatMap((layer) => layer.damages), ...whole.damages])];
  return { layers, whole, reading: addReadings(reading, layers, whole), findings, passedLimits, damages };
}

/** A layer that was known and is read for its files counts as read. */
function addReadings(
  reading: Reading,
  layers: readonly AnalyzedLayer[],
  { readings, from }: AnalyzedImage,
): Reading {
  const known = new Set(layers.filter(({ isRead }) => !isRead).map(({ layer }) => layer.index));
  const more = new Set(readings.map(({ index }) => index).filter((index) => known.has(index))).size;
  return {
    ...reading,
    reused: reading.reused - more,
    read: reading.read + more,
    bytesRead: readings.reduce((bytes, { size }) => bytes + size, reading.bytesRead),
    from: [...new Set([...reading.from, ...from])],
  };
}

function describeLayers(image: SourceImage, layers: readonly AnalyzedLayer[]): LayerResults[] {
  const { items } = alignHistory(image.config.value);
  return layers.map(({ layer, uncompressedSize, fragments }) => {
    const createdBy = items[layer.index]?.created_by ?? '';
    return { step: stepOf(createdBy), createdBy, uncompressedSize, fragments: fragments.map(recordOf) };
  });
}

const fragmentsOf = ({ layers, whole }: Pick<WhollyAnalyzed, 'layers' | 'whole'>) => [
  ...layers.flatMap(({ fragments }) => fragments),
  ...whole.fragments,
];

/**
 * Lets the expiry of the fragments grow that the store had already: nobody who deletes what has expired deletes these
 * from then on.
 * @returns false where one of them is gone.
 */
async function claimKnown(
  { store, analyzers }: LayerTools,
  { tenant, time }: Origin,
  fragments: readonly AnalyzedFragment[],
): Promise<boolean> {
  const known = fragments.filter((fragment) => !isFresh(fragment));
  const keepDays = keepDaysOf(analyzers);
  const lost = await store.surface.renew(
    known.map(({ kind, digest }) => ({ tenant, kind, digest })),
    ({ kind }) => expiryAfter(keepDays.get(kind) ?? null, time),
  );
  return lost.length === 0;
}

async function storeSnapshot(
  { store }: LayerTools,
  origin: Origin,
  image: SourceImage,
  snapshot: Snapshot,
  layers: readonly AnalyzedLayer[],
  whole: AnalyzedImage,
): Promise<Pick<TakenSnapshot, 'digest' | 'items'>> {
  const fragments = fragmentsOf({ layers, whole });
  const keyed = fragments.map(({ kind, digest, format, sizeBytes }) => ({
    key: { tenant: origin.tenant, kind, digest },
    format,
    sizeBytes,
  }));
  const record = packItem(origin, SNAPSHOT_KIND, snapshotBytes(snapshot));
  const documents = [
    ...(image.manifest === null ? [] : [packItem(origin, MANIFEST_KIND, image.manifest.bytes)]),
    packItem(origin, CONFIG_KIND, image.config.bytes),
    record,
  ];
  await store.surface.put([
    ...fragments.filter(isFresh).map((fragment) => itemOfFragment(origin, fragment)),
    ...documents,
  ]);
  const wrong = layers.filter(({ damages }) => damages.length > 0).map(({ layer }) => layer);
  const isWrong = whole.isRemade || whole.damages.length > 0;
  await forgetLayers(store, origin.tenant, isWrong ? [...wrong, { diffId: image.config.digest }] : wrong);
  await store.layers.record(origin.tenant, snapshot);
  return { digest: record.key.digest, items: [...keyed, ...documents].map(listItem) };
}

/** Known fragments are of analyzers that were asked for, so that each kind is among these. */
function keepDaysOf({ layers, images }: Analyzers): ReadonlyMap<string, number | null> {
  return new Map([...layers, ...images].map(({ key, keepDays }) => [key.kind, keepDays]));
}
