import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { alignHistory } from '../../core/image/history.ts';
import type { SourceImage } from '../../core/image/image-source.ts';
import { stepOf } from '../../core/image/step.ts';
import type { LayerFinding, Reading } from '../../core/report/report.ts';
import { buildSnapshot, type LayerContent, snapshotBytes } from '../../core/snapshot/build-snapshot.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { CONFIG_KIND, MANIFEST_KIND, SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import type { SurfaceArtifact } from '../../core/surface/manifest.ts';
import { itemOfFragment, type Origin, packItem } from '../../core/surface/pack-item.ts';
import { expiryOf } from '../../core/surface/retention.ts';
import { artifactOf } from '../../core/surface/surface-manifest.ts';
import type { Damage } from '../../core/surface/surface-store.ts';
import {
  type AnalysedLayer,
  type AnalysedLayers,
  analyseImages,
  analyseLayers,
  isFresh,
  type LayerTools,
} from './analyse-layers.ts';

/** A snapshot with all that it names in the store. */
export interface TakenSnapshot {
  readonly snapshot: Snapshot;
  readonly digest: Digest;
  /** What derives from the image, as its surface manifest lists it. */
  readonly artifacts: readonly SurfaceArtifact[];
  readonly reading: Reading;
  readonly findings: readonly LayerFinding[];
  /** What of the image's layers was damaged in the store, and was read again. */
  readonly damages: readonly Damage[];
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
  return record(tools, image, origin, await analyseLayers(tools, origin.tenant, image));
}

/** The same where what the store knows of the layers proved damaged: each is read again. */
export async function retakeSnapshot(
  tools: LayerTools,
  image: SourceImage,
  origin: Origin,
): Promise<TakenSnapshot> {
  await forgetLayers(tools.store, origin.tenant, image.layers);
  return takeSnapshot(tools, image, origin);
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
  const analysed = await analyseImages(tools, tenant, layered);
  const outcomes: (T & { readonly taken: TakenSnapshot | VarveError })[] = [];
  for (const [place, each] of images.entries()) {
    const outcome = analysed[place] ?? new VarveError('internal', 'an image was not analysed');
    const failed = outcome instanceof VarveError;
    outcomes.push({
      ...each,
      taken: failed ? outcome : await record(tools, each.image, each.origin, outcome),
    });
  }
  return outcomes;
}

async function record(
  tools: LayerTools,
  image: SourceImage,
  origin: Origin,
  { layers, reading, findings }: AnalysedLayers,
): Promise<TakenSnapshot> {
  const snapshot = buildSnapshot(image, describeLayers(image, layers));
  const stored = await storeSnapshot(tools, origin, image, snapshot, layers);
  const imageFindings = image.findings.map((finding) => ({ layer: null, ...finding }));
  const damages = [...new Set(layers.flatMap((layer) => layer.damages))];
  return { snapshot, ...stored, reading, findings: [...imageFindings, ...findings], damages };
}

function describeLayers(image: SourceImage, layers: readonly AnalysedLayer[]): LayerContent[] {
  const { items } = alignHistory(image.config.value);
  return layers.map(({ layer, uncompressedSize, fragments }) => {
    const createdBy = items[layer.index]?.created_by ?? '';
    return {
      step: stepOf(createdBy),
      createdBy,
      uncompressedSize,
      fragments: fragments.map(({ kind, analyzer, options, digest }) => ({
        kind,
        analyzer,
        options,
        digest,
      })),
    };
  });
}

async function storeSnapshot(
  { store }: LayerTools,
  origin: Origin,
  image: SourceImage,
  snapshot: Snapshot,
  layers: readonly AnalysedLayer[],
): Promise<Pick<TakenSnapshot, 'digest' | 'artifacts'>> {
  const fragments = layers.flatMap((layer) => layer.fragments);
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
  const known = fragments.filter((fragment) => !isFresh(fragment));
  await store.surface.renew(
    known.map(({ kind, digest }) => ({ tenant: origin.tenant, kind, digest })),
    ({ kind }) => expiryOf(kind, origin.time),
  );
  const wrong = layers.filter(({ damages }) => damages.length > 0);
  await forgetLayers(
    store,
    origin.tenant,
    wrong.map(({ layer }) => layer),
  );
  await store.layers.record(origin.tenant, snapshot);
  return { digest: record.key.digest, artifacts: [...keyed, ...documents].map(artifactOf) };
}
