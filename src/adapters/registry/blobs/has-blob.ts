import type { Digest } from '../../../base/digest.ts';
import { answersTooSlowly } from '../http/http-faults.ts';
import { discard } from '../http/response-body.ts';
import { withinTime } from '../http/within-time.ts';
import type { RepositoryRequests } from '../repository-requests.ts';

/** Tells whether the registry has a blob. @throws VarveError `denied`, `unreachable`; the reason of the signal. */
export async function hasBlob(
  requests: RepositoryRequests,
  digest: Digest,
  caller?: AbortSignal,
): Promise<boolean> {
  const to = requests.locate(`blobs/${digest}`);
  return withinTime(
    requests.patience.total,
    () => answersTooSlowly(to),
    caller,
    async (signal) => {
      const response = await requests.send({ method: 'HEAD', to, signal });
      if (response.status !== 200 && response.status !== 404) throw await requests.refusal(response);
      await discard(response.body);
      return response.status === 200;
    },
  );
}
