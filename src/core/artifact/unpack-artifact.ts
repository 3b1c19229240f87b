import { isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS, type Limits, limitExceeded } from '../../base/limits.ts';
import { type Artifact, type ArtifactFile, parseArtifact } from './artifact-manifest.ts';
import type { ArtifactPlace } from './artifact-place.ts';
import { verifyBlob } from './verify-blob.ts';

/** Port: takes the files of an artifact. */
export interface FileTarget {
  /** Writes a file at a path below the folder; when reading its bytes throws, it is as if it was never begun. */
  write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
}

/** Gives the bytes of an artifact's file, which need not be right. */
export type FetchFile = (file: ArtifactFile) => AsyncIterable<Uint8Array>;

/**
 * Writes the files of an artifact, each verified.
 * @throws VarveError `size-mismatch`, `digest-mismatch`; `limit-exceeded` for more than `limits.layerBytes` in all.
 */
export async function unpackArtifact(
  { files }: Artifact,
  target: FileTarget,
  fetch: FetchFile,
  limits: Limits = DEFAULT_LIMITS,
): Promise<void> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > limits.layerBytes) throw limitExceeded('layerBytes', limits, 'the artifact');
  for (const file of files) await target.write(file.path, verifyBlob(fetch(file), file, file.path));
}

/**
 * Fetches the manifest of an artifact.
 * @param reference a tag, a digest, or the empty text for the one that there is.
 * @throws VarveError `image-not-found`; as `parseArtifact` does.
 */
export async function fetchArtifact(
  place: ArtifactPlace,
  reference: string,
  limits: Limits = DEFAULT_LIMITS,
): Promise<Artifact> {
  const artifact = reference === '' ? 'artifact' : `artifact ${reference}`;
  const object = `${place.location}: the ${artifact}`;
  const bytes = await place.fetchManifest(reference, limits);
  if (bytes === null) {
    throw new VarveError('image-not-found', `${place.location} has no ${artifact}`, { object });
  }
  return parseArtifact(bytes, { object, digest: isDigest(reference) ? reference : null }, limits);
}
