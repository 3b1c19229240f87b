import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import type { Descriptor } from '../image/descriptor.ts';
import { type ImageManifest, parseManifest } from '../image/manifest.ts';
import { OCI_MANIFEST } from '../image/media-type.ts';
import type { RawDocument } from '../image/raw-document.ts';
import { parseTitle, TITLE, verifyTitles } from './file-title.ts';
import { fileNameOfType, isFileType, isReadType, isTypeOfFile, mediaTypeOfFile } from './media-type.ts';

const EMPTY_BYTES = Buffer.from('{}');

/**
 * Stands where a manifest must have a descriptor and there is nothing to describe.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidance-for-an-empty-descriptor
 */
export const EMPTY: Descriptor = Object.freeze({
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(EMPTY_BYTES),
  size: EMPTY_BYTES.length,
  data: EMPTY_BYTES.toString('base64'),
});

/** A file of an artifact. */
export interface ArtifactFile {
  /** Its place below a folder, with slashes. */
  readonly path: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

export interface ArtifactParts {
  readonly artifactType: string;
  readonly files: readonly ArtifactFile[];
  /** Left out, there is none. */
  readonly config?: Descriptor;
  /** The manifest that the artifact is about, whose referrer it then is. */
  readonly subject?: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * The manifest of an artifact: one layer a file, in the order of their paths. The same parts give the same bytes.
 * @throws VarveError `malformed` for a path that no title can be.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
 */
export function buildArtifactManifest(parts: ArtifactParts): RawDocument<ImageManifest> {
  const files = [...parts.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const paths = files.map(({ path }) => parseTitle(path, 'the folder'));
  verifyTitles(paths, 'the folder');
  const value: ImageManifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: parts.artifactType,
    config: parts.config ?? EMPTY,
    layers: files.length === 0 ? [EMPTY] : files.map(layerOf),
    ...(parts.subject && { subject: parts.subject }),
    ...(parts.annotations && { annotations: parts.annotations }),
  };
  const bytes = canonicalBytes(value);
  return { bytes, digest: digestOf(bytes), mediaType: OCI_MANIFEST, value };
}

/** An artifact that was read, with each of its files once. */
export interface Artifact {
  readonly manifest: RawDocument<ImageManifest>;
  readonly artifactType: string;
  readonly files: readonly ArtifactFile[];
}

/**
 * Reads the manifest of an artifact from its exact bytes.
 * @param digest what it was fetched by, if by its digest.
 * @throws VarveError `not-an-image` for a container image; `malformed` for titles that lead out of the folder or stand
 * twice, or are those of files of another type; `unsupported` for layers that are not Varve's.
 */
export function parseArtifact(
  bytes: Uint8Array,
  { object, digest }: { readonly object: string; readonly digest: Digest | null },
  limits: Limits = DEFAULT_LIMITS,
): Artifact {
  const declared = { object, digest, mediaType: OCI_MANIFEST, size: null };
  const manifest = parseManifest(bytes, declared, limits);
  const { artifactType, config, layers } = manifest.value;
  if (artifactType === undefined && config.mediaType !== EMPTY.mediaType && !isReadType(config.mediaType)) {
    throw notOurs(object, `is of type ${JSON.stringify(config.mediaType.slice(0, 100))}`);
  }
  const present = layers.filter(({ mediaType }) => mediaType !== EMPTY.mediaType);
  const files = present.map((layer, index) => fileOf(layer, `${object}, layer ${index}`));
  verifyTitles(
    files.map(({ path }) => path),
    object,
  );
  return { manifest, artifactType: artifactType ?? config.mediaType, files };
}

function layerOf({ path, digest, size }: ArtifactFile): Descriptor {
  return { mediaType: mediaTypeOfFile(path), digest, size, annotations: { [TITLE]: path } };
}

function fileOf({ mediaType, digest, size, annotations }: Descriptor, object: string): ArtifactFile {
  const shown = JSON.stringify(mediaType.slice(0, 100));
  if (!isFileType(mediaType)) throw notOurs(object, `is of type ${shown}`);
  const title = annotations?.[TITLE] ?? fileNameOfType(mediaType);
  if (title === null) {
    throw new VarveError('malformed', `${object} is of type ${shown} and has no title`, { object });
  }
  const path = parseTitle(title, object);
  if (isTypeOfFile(mediaType, path)) return { path, digest, size };
  const found = JSON.stringify(path.slice(0, 200));
  throw new VarveError('malformed', `${object}: a file ${found} is not of type ${shown}`, { object });
}

function notOurs(object: string, problem: string): VarveError {
  return new VarveError('unsupported', `${object} ${problem}: this is not a Varve artifact`, {
    object,
    hint: 'oras pull and skopeo copy read other artifacts',
  });
}
