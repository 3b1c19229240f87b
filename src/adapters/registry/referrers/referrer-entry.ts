import type { Digest } from '../../../base/digest.ts';
import type { Limits } from '../../../base/limits.ts';
import { DescriptorSchema } from '../../../core/image/descriptor.ts';
import { type IndexEntry, parseIndex, parseManifest } from '../../../core/image/manifest.ts';
import { isIndexType, isManifestType } from '../../../core/image/media-type.ts';
import { parseShape, type RawDocument } from '../../../core/image/raw-document.ts';
import type { ManifestBytes } from '../manifests/put-manifest.ts';

/** A manifest that speaks of another. */
export interface Referrer {
  readonly subject: Digest;
  /** What a list of referrers says of it. */
  readonly entry: IndexEntry;
}

/**
 * Looks whether a manifest or index has a subject.
 * @returns null when it has none, or is of a kind that knows none.
 * @throws VarveError `malformed`, `unsupported`, `limit-exceeded`.
 */
export function describeReferrer({ bytes, mediaType }: ManifestBytes, limits: Limits): Referrer | null {
  const object = 'the manifest to be pushed';
  const declared = { object, mediaType, digest: null, size: null };
  if (isManifestType(mediaType)) {
    const manifest = parseManifest(bytes, declared, limits);
    const { subject, artifactType, config } = manifest.value;
    return subject === undefined
      ? null
      : { subject: subject.digest, entry: toEntry(manifest, artifactType || config.mediaType) };
  }
  if (!isIndexType(mediaType)) return null;
  const index = parseIndex(bytes, declared, limits);
  if (index.value.subject === undefined) return null;
  const { digest } = parseShape(DescriptorSchema, index.value.subject, object);
  return { subject: digest, entry: toEntry(index, index.value.artifactType) };
}

type Described = { readonly annotations?: Readonly<Record<string, string>> };

function toEntry(
  { bytes, digest, mediaType, value: { annotations } }: RawDocument<Described>,
  artifactType: string | undefined,
): IndexEntry {
  return {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}
