import { digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import type { HistoryEntry } from '../history/history.ts';
import type { Descriptor } from '../image/descriptor.ts';
import { OCI_MANIFEST } from '../image/media-type.ts';
import { parseJsonObject } from '../image/raw-document.ts';
import { parseReference } from '../image/reference.ts';
import { readSnapshot } from '../snapshot/read-snapshot.ts';
import type { SurfaceStore } from '../surface/surface-store.ts';
import type { ArtifactPlace } from './artifact-place.ts';

/** What an artifact refers to. */
export type Subject = Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;

/** A repository of a registry. */
export interface RepositoryName {
  readonly host: string;
  readonly repository: string;
}

/**
 * The image that an entry is of, when it is in a repository: the entry's artifact, kept there too, is then found as its
 * referrer.
 * @throws VarveError as the store does.
 */
export async function subjectOfEntry(
  surface: SurfaceStore,
  { tenant, reference, snapshotDigest }: Pick<HistoryEntry, 'tenant' | 'reference' | 'snapshotDigest'>,
  place: RepositoryName,
): Promise<Subject | null> {
  if (!reference.startsWith('docker://')) return null;
  const image = parseReference(reference);
  if (image.transport !== 'docker' || image.host !== place.host || image.repository !== place.repository) {
    return null;
  }
  const manifest = (await readSnapshot(surface, tenant, snapshotDigest))?.manifest ?? null;
  return manifest && { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size };
}

/**
 * Finds what an artifact is to refer to.
 * @param reference tag or digest of a manifest or index in the same place.
 * @throws VarveError `image-not-found`; `denied`, `unreachable`.
 */
export async function findSubject(place: ArtifactPlace, reference: string, limits: Limits): Promise<Subject> {
  const bytes = await place.fetchManifest(reference, limits);
  if (bytes !== null) {
    const { mediaType } = parseJsonObject(bytes, `${place.location}: ${reference}`);
    const type = typeof mediaType === 'string' ? mediaType : OCI_MANIFEST;
    return { mediaType: type, digest: digestOf(bytes), size: bytes.length };
  }
  throw new VarveError('image-not-found', `${place.location} has no image ${reference}`, {
    object: reference,
    hint: 'an artifact refers to an image in its own repository: name its tag or digest',
  });
}
