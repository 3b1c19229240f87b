import { type Digest, digestOf, isDigest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import { DOCKER_INDEX, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../../core/image/media-type.ts';
import { headerOf, mediaTypeOf } from '../../http/http-response.ts';
import { claimedDigest, type RepositoryRequests } from '../repository-requests.ts';
import { fetchWhole } from './fetch-whole.ts';

/** A manifest or index as a registry gave it. */
export interface ReceivedManifest {
  readonly bytes: Buffer;
  readonly digest: Digest;
  /** As the answer's `Content-Type` names it, without parameters; empty when it does not. */
  readonly mediaType: string;
  /** What the registry calls this state of the tag; null when it does not. */
  readonly etag: string | null;
}

const MANIFEST_TYPES = [OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST].join(', ');

/**
 * Fetches a manifest or index.
 * @returns null when there is none of that tag or digest.
 * @throws VarveError `denied`, `unreachable`, `limit-exceeded`, `digest-mismatch`; the reason of the signal.
 */
export async function fetchManifest(
  requests: RepositoryRequests,
  reference: string | Digest,
  limits: Limits,
  signal?: AbortSignal,
): Promise<ReceivedManifest | null> {
  const object = `${requests.name}: the manifest ${reference}`;
  const to = `manifests/${reference}`;
  const answer = await fetchWhole(requests, {
    to,
    headers: { accept: MANIFEST_TYPES },
    limits,
    object,
    signal,
  });
  if (answer === null) return null;
  const { bytes, response } = answer;
  const digest = digestOf(bytes);
  for (const claimed of [reference, claimedDigest(response) ?? '']) {
    if (isDigest(claimed) && claimed !== digest) throw mismatch(object, digest, claimed);
  }
  return { bytes, digest, mediaType: mediaTypeOf(response), etag: headerOf(response, 'etag') || null };
}

function mismatch(object: string, actual: Digest, claimed: Digest): VarveError {
  return new VarveError('digest-mismatch', `${object} has the digest ${actual}, not ${claimed}`, {
    object,
    hint: 'the registry, or a proxy in between, gave wrong bytes: try again, and do not trust it if this happens again',
  });
}
