import { type Digest, digestOf, isDigest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../base/limits.ts';
import { isTag } from '../../../core/image/docker-name.ts';
import { headerOf } from '../http/response-headers.ts';
import { addFallbackReferrer } from '../referrers/fallback-referrers.ts';
import { describeReferrer } from '../referrers/referrer-entry.ts';
import { hasReferrersApi } from '../referrers/referrers-api.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { type ManifestBytes, putManifest } from './put-manifest.ts';

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
  // A registry was seen to claim it without having the means to tell of it.
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
    : new VarveError('bad-reference', `${object} is no tag`, {
        object,
        hint: 'a tag has at most 128 letters, digits, underscores, dots and dashes, and begins with none of the last two',
      });
}
