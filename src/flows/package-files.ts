import { createHash } from 'node:crypto';
import { type Digest, digestFromHex } from '../base/digest.ts';
import { type RangeSource, sourceOfBytes } from '../base/range-source.ts';
import { type ArtifactParts, buildArtifactManifest } from '../core/artifact/artifact-manifest.ts';
import type { ArtifactPlace } from '../core/artifact/artifact-place.ts';
import { type Descriptor, embeddedData } from '../core/image/descriptor.ts';
import type { ImageManifest } from '../core/image/manifest.ts';
import type { RawDocument } from '../core/image/raw-document.ts';

/** A file that is to become part of an artifact. */
export interface SourceFile {
  /** Its place below a folder, with slashes. */
  readonly path: string;
  readonly content: RangeSource;
}

/** An artifact, ready to be pushed. */
export interface PackagedArtifact {
  readonly manifest: RawDocument<ImageManifest>;
  /** Each blob once. */
  readonly blobs: ReadonlyMap<Digest, RangeSource>;
}

/**
 * Makes an artifact of files. The same files give the same artifact.
 * @throws VarveError `malformed` for a path that no title can be; what reading throws.
 */
export async function packageFiles(
  files: readonly SourceFile[],
  parts: Omit<ArtifactParts, 'files'>,
): Promise<PackagedArtifact> {
  const blobs = new Map<Digest, RangeSource>();
  const described: ArtifactParts['files'][number][] = [];
  for (const { path, content } of files) {
    const digest = await digestOfSource(content);
    blobs.set(digest, content);
    described.push({ path, digest, size: content.size });
  }
  const manifest = buildArtifactManifest({ ...parts, files: described });
  for (const descriptor of [manifest.value.config, ...manifest.value.layers]) addEmbedded(blobs, descriptor);
  return { manifest, blobs };
}

/** Pushes an artifact: blobs that are missing, then the manifest under each tag. Returns how many blobs were missing. */
export async function pushArtifact(
  place: ArtifactPlace,
  { manifest, blobs }: PackagedArtifact,
  tags: readonly string[],
): Promise<number> {
  let uploaded = 0;
  for (const [digest, source] of blobs) if (await place.pushBlob(digest, source)) uploaded += 1;
  for (const tag of tags.length === 0 ? [null] : tags) await place.pushManifest(manifest, tag);
  return uploaded;
}

/** What a descriptor has embedded must be there as a blob too. */
function addEmbedded(blobs: Map<Digest, RangeSource>, descriptor: Descriptor): void {
  const content = embeddedData(descriptor);
  if (content !== null) blobs.set(descriptor.digest, sourceOfBytes(content));
}

async function digestOfSource(source: RangeSource): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of source.read(0, source.size)) hash.update(chunk);
  return digestFromHex(hash.digest('hex'));
}
