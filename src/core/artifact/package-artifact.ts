import { createHash } from 'node:crypto';
import { type Digest, digestFromHex } from '../../base/digest.ts';
import { type RangeSource, sourceOfBytes } from '../../base/range-source.ts';
import { type Descriptor, embeddedData } from '../image/descriptor.ts';
import type { ImageManifest } from '../image/manifest.ts';
import type { RawDocument } from '../image/raw-document.ts';
import { type ArtifactFile, type ArtifactParts, buildArtifactManifest } from './artifact-manifest.ts';
import type { ArtifactPlace } from './artifact-place.ts';

/** A file that is to become part of an artifact. */
export interface SourceFile {
  /** Its place below a folder, with slashes. */
  readonly path: string;
  readonly content: RangeSource;
}

/** The same with its digest. */
export type DescribedFile = SourceFile & ArtifactFile;

/** An artifact, ready to be pushed. */
export interface PackagedArtifact {
  readonly manifest: RawDocument<ImageManifest>;
  /** Each blob once. */
  readonly blobs: ReadonlyMap<Digest, RangeSource>;
}

/** How many blobs are pushed at once. */
const AT_ONCE = 8;

/** Reads a file for its digest. */
export async function describeFile({ path, content }: SourceFile): Promise<DescribedFile> {
  const hash = createHash('sha256');
  for await (const chunk of content.read(0, content.size)) hash.update(chunk);
  return { path, content, digest: digestFromHex(hash.digest('hex')), size: content.size };
}

/**
 * Makes an artifact of files. The same files give the same artifact.
 * @throws VarveError `malformed` for a path that no title can be.
 */
export function packageArtifact(
  files: readonly DescribedFile[],
  parts: Omit<ArtifactParts, 'files'>,
): PackagedArtifact {
  const manifest = buildArtifactManifest({ ...parts, files });
  const embedded = [manifest.value.config, ...manifest.value.layers].flatMap(embeddedBlob);
  const blobs = new Map([...files.map(({ digest, content }) => [digest, content] as const), ...embedded]);
  return { manifest, blobs };
}

/**
 * Pushes an artifact: blobs that are missing, then the manifest under each tag, one after the other.
 * @returns how many blobs were missing.
 */
export async function pushArtifact(
  place: ArtifactPlace,
  { manifest, blobs }: PackagedArtifact,
  tags: readonly string[],
): Promise<number> {
  const waiting = [...blobs];
  let uploaded = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (await place.pushBlob(...next)) uploaded += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const tag of tags.length === 0 ? [null] : tags) await place.pushManifest(manifest, tag);
  return uploaded;
}

/** What a descriptor has embedded must be there as a blob too. */
function embeddedBlob(descriptor: Descriptor): [Digest, RangeSource][] {
  const content = embeddedData(descriptor);
  return content === null ? [] : [[descriptor.digest, sourceOfBytes(content)]];
}
