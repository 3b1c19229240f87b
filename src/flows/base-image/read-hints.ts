import type { SnapshotView } from '../../core/comparison/snapshot-view.ts';
import { hintsInDocuments, hintsInProvenance } from '../../core/image/base-image.ts';
import type { DockerName } from '../../core/image/docker-name.ts';
import type { OpenedSource, SourceImage } from '../../core/image/image-source.ts';
import { type ImageTools, openImage } from '../image/open-image.ts';
import { type Predicate, readAttestations } from '../image/read-attestations.ts';
import type { BaseSubject } from './base-search.ts';

/** What an image that is open says of its base. */
export function hintsOfImage(
  { manifest, config, platform }: SourceImage,
  provenances: readonly Predicate[],
): readonly DockerName[] {
  return [
    ...hintsInDocuments(manifest?.value ?? null, config.value),
    ...provenances.flatMap((predicate) => hintsInProvenance(predicate, platform)),
  ];
}

/** What the stored documents of a snapshot say. */
export function storedHints({
  config,
  loadManifest,
}: Pick<SnapshotView, 'config' | 'loadManifest'>): BaseSubject['readHints'] {
  return async () => hintsInDocuments(await loadManifest(), config);
}

/**
 * The same of an image that was read. Where it has attestations, it is opened again for its provenance once that is
 * wanted, and counts as long as it is still the one of the snapshot.
 */
export function hintsLater(
  tools: ImageTools,
  reference: string,
  { attachments }: OpenedSource,
  view: Pick<SnapshotView, 'config' | 'loadManifest' | 'snapshot'>,
): BaseSubject['readHints'] {
  const { platform, config } = view.snapshot;
  if (!attachments.some(({ kind }) => kind === 'attestation')) return storedHints(view);
  return async () => {
    await using opened = await openImage(tools, [reference], platform);
    const { source, image } = opened;
    if (image.config.digest !== config.digest) return storedHints(view)();
    const { provenances } = await readAttestations(source, image, true);
    return hintsOfImage(image, provenances);
  };
}
