import { type Digest, digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { answersTooSlowly } from './http-faults.ts';
import type { HttpResponse } from './http-messages.ts';
import type { RepositoryRequests } from './repository-requests.ts';
import { discard } from './response-body.ts';
import { claimedDigest } from './response-headers.ts';
import { withinTime } from './within-time.ts';

/** A manifest or index to be pushed. */
export interface ManifestBytes {
  /** Pushed as they are. */
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** Which state of a tag may be replaced, as the registry calls it: one that was read, or none. */
export interface TagCondition {
  readonly 'if-match'?: string;
  readonly 'if-none-match'?: '*';
}

const CREATED = new Set([200, 201, 202, 204]);
const OTHER_STATE = 412;

/**
 * Puts a manifest under a tag or its digest.
 * @returns the answer; null when the condition does not hold.
 * @throws VarveError `denied`, `unreachable`, `digest-mismatch` when other bytes were stored; the reason of the signal.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests
 */
export async function putManifest(
  requests: RepositoryRequests,
  { bytes, mediaType }: ManifestBytes,
  reference: string | Digest,
  condition: TagCondition = {},
  caller?: AbortSignal,
): Promise<HttpResponse | null> {
  const to = requests.locate(`manifests/${reference}`);
  const late = () => answersTooSlowly(to);
  return withinTime(requests.patience.total, late, caller, async (signal) => {
    const headers = { 'content-type': mediaType, ...condition };
    const response = await requests.send({ method: 'PUT', to, headers, body: bytes, signal });
    const isOtherState = response.status === OTHER_STATE && Object.keys(condition).length > 0;
    if (!CREATED.has(response.status) && !isOtherState) throw await requests.refusal(response);
    await discard(response.body);
    if (isOtherState) return null;
    const digest = digestOf(bytes);
    const stored = claimedDigest(response);
    if (stored === null || stored === digest) return response;
    throw storedOther(`${requests.name}: the manifest ${reference}`, digest, stored);
  });
}

function storedOther(object: string, digest: Digest, stored: Digest): VarveError {
  return new VarveError(
    'digest-mismatch',
    `${object} has the digest ${digest}, and was stored as ${stored}`,
    {
      object,
      hint: 'the registry or something on the way changes what it is given: do not rely on what is there',
    },
  );
}
