import type { Digest } from '../../../base/digest.ts';
import { withinTime } from '../../http/deadlines.ts';
import { answersTooSlowly } from '../../http/http-faults.ts';
import { discard } from '../../http/http-response.ts';
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
    () => answersTooSlowly(to, requests.serviceAt(to)),
    caller,
    async (signal) => {
      const response = await requests.send({ method: 'HEAD', to, signal });
      if (response.status !== 200 && response.status !== 404) throw await requests.refusal(response);
      await discard(response.body);
      return response.status === 200;
    },
  );
}
