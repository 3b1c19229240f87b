import { VarveError } from '../../../base/errors.ts';
import { type Limits, limitExceeded } from '../../../base/limits.ts';
import { withinTime } from '../../http/deadlines.ts';
import { answersTooSlowly, connectionFault } from '../../http/http-faults.ts';
import { abandon, discard, type HttpResponse, headerOf, readLimited } from '../../http/http-response.ts';
import type { RepositoryRequests } from '../repository-requests.ts';

/** Something small that is to be fetched. */
export interface WantedDocument {
  readonly to: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** How to call it in errors. */
  readonly object: string;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
}

/** A document with the answer that it came in. */
export interface FetchedDocument {
  readonly bytes: Buffer;
  readonly response: HttpResponse;
}

/**
 * Fetches a document; where the connection breaks in its midst, again from the start.
 * @returns null when the registry lacks it.
 * @throws VarveError `denied`, `unreachable`, `limit-exceeded`; the reason of the signal.
 */
export async function fetchWhole(
  requests: RepositoryRequests,
  { to, headers = {}, object, limits, signal: caller }: WantedDocument,
): Promise<FetchedDocument | null> {
  const url = typeof to === 'string' ? requests.locate(to) : to;
  const late = () => answersTooSlowly(url, requests.serviceAt(url));
  return withinTime(requests.patience.total, late, caller, async (signal) => {
    for (let attempt = 1; ; attempt++) {
      const response = await requests.send({ to: url, headers, signal });
      if (response.status === 404) {
        await discard(response.body);
        return null;
      }
      if (response.status !== 200) throw await requests.refusal(response);
      try {
        return { response, bytes: await readWhole(response, limits, object) };
      } catch (fault) {
        signal.throwIfAborted();
        if (fault instanceof VarveError) throw fault;
        const failure = connectionFault(fault, response.url, requests.serviceAt(response.url));
        await requests.wait(attempt, { failure, asked: null }, signal);
      }
    }
  });
}

async function readWhole(response: HttpResponse, limits: Limits, object: string): Promise<Buffer> {
  const declared = Number(headerOf(response, 'content-length'));
  const bytes = declared > limits.jsonBytes ? null : await readLimited(response.body, limits.jsonBytes);
  if (bytes !== null) return bytes;
  abandon(response.body);
  throw limitExceeded('jsonBytes', limits, object);
}
