import { type Digest, digestOf, isDigest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../base/limits.ts';
import { DescriptorSchema } from '../../../core/image/descriptor.ts';
import { isTag } from '../../../core/image/docker-name.ts';
import { type IndexEntry, parseIndex, parseManifest } from '../../../core/image/manifest.ts';
import { isIndexType, isManifestType } from '../../../core/image/media-type.ts';
import { parseShape, type RawDocument } from '../../../core/image/raw-document.ts';
import { headerOf } from '../../http/http-response.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { addFallbackReferrer } from './fallback-referrers.ts';
import { type ManifestBytes, putManifest } from './put-manifest.ts';
import { hasReferrersApi } from './referrers.ts';

export interface PushManifestOptions {
  /** A tag, or the manifest's digest, which it is if left out. */
  readonly reference?: string;
  readonly limits?: Limits;
  readonly signal?: AbortSignal;
}

export interface PushedManifest {
  readonly digest: Digest;
  /** Who keeps account of it as a referrer of its subject: the registry, or a tag; null when it has no subject. */
  readonly referrer: 'registry' | 'tag' | null;
}

/**
 * Pushes a manifest whose blobs are there. One that has a subject is found as its referrer afterwards.
 * @throws VarveError `bad-reference`, `denied`, `unreachable`, `digest-mismatch`, `malformed`; the reason of the signal.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 */
export async function pushManifest(
  requests: RepositoryRequests,
  manifest: ManifestBytes,
  { reference, limits = DEFAULT_LIMITS, signal }: PushManifestOptions,
): Promise<PushedManifest> {
  const digest = digestOf(manifest.bytes);
  if (reference !== undefined) checkReference(reference, digest);
  const referrer = describeReferrer(manifest, limits);
  const response = await putManifest(requests, manifest, reference ?? digest, {}, signal);
  if (referrer === null || response === null) return { digest, referrer: null };
  const { subject, entry } = referrer;
  // A registry was seen to claim this although it has no list of referrers.
  const isRegistered =
    headerOf(response, 'oci-subject') === subject &&
    (await hasReferrersApi(requests, subject, limits, signal));
  if (isRegistered) return { digest, referrer: 'registry' };
  await addFallbackReferrer(requests, subject, entry, limits, signal);
  return { digest, referrer: 'tag' };
}

/** It becomes a part of an address. */
function checkReference(reference: string, digest: Digest): void {
  if (isTag(reference)) return;
  if (isDigest(reference) && reference === digest) return;
  const object = reference.slice(0, 200);
  throw isDigest(reference)
    ? new VarveError('digest-mismatch', `what is to be pushed as ${object} has the digest ${digest}`, {
        object,
      })
    : new VarveError('bad-reference', `${object} is not a tag`, {
        object,
        hint: 'a tag has at most 128 letters, digits, underscores, dots and dashes, and does not begin with a dot or dash',
      });
}

/** A manifest that speaks of another. */
interface Referrer {
  readonly subject: Digest;
  /** What a list of referrers says of it. */
  readonly entry: IndexEntry;
}

/**
 * Looks whether a manifest or index has a subject.
 * @returns null when it has none, or is of a kind that knows none.
 * @throws VarveError `malformed`, `unsupported`, `limit-exceeded`.
 */
function describeReferrer({ bytes, mediaType }: ManifestBytes, limits: Limits): Referrer | null {
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
