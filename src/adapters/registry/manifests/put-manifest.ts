import { type Digest, digestOf } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { withinTime } from '../../http/deadlines.ts';
import { answersTooSlowly } from '../../http/http-faults.ts';
import { discard, type HttpResponse, readRefusal } from '../../http/http-response.ts';
import { claimedDigest, type RepositoryRequests } from '../repository-requests.ts';

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
/** It was damaged on its way, or the registry looked at a blob that it was just given once more. */
const WRONG_DIGEST = 'DIGEST_INVALID';

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
  const late = () => answersTooSlowly(to, requests.serviceAt(to));
  return withinTime(requests.patience.total, late, caller, async (signal) => {
    const headers = { 'content-type': mediaType, ...condition };
    for (let attempt = 1; ; attempt++) {
      const response = await requests.send({ method: 'PUT', to, headers, body: bytes, signal });
      if (CREATED.has(response.status)) {
        await discard(response.body);
        verifyStored(response, digestOf(bytes), `${requests.name}: the manifest ${reference}`);
        return response;
      }
      const said = await readRefusal(response, requests.serviceAt(response.url));
      if (response.status === OTHER_STATE && Object.keys(condition).length > 0) return null;
      const failure = await requests.refusal(response, said);
      if (!said.startsWith(WRONG_DIGEST)) throw failure;
      await requests.wait(attempt, { failure, asked: null }, signal);
    }
  });
}

function verifyStored(response: HttpResponse, digest: Digest, object: string): void {
  const stored = claimedDigest(response);
  if (stored === null || stored === digest) return;
  throw new VarveError('digest-mismatch', `${object} has the digest ${digest}, and was stored as ${stored}`, {
    object,
    hint: 'the registry, or a proxy in between, changes what it stores: do not rely on its content',
  });
}
