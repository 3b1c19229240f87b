import type { Digest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { eitherOf, transferTime } from '../../http/deadlines.ts';
import { connectionFault } from '../../http/http-faults.ts';
import { abandon, discard, type HttpResponse } from '../../http/http-response.ts';
import { redactUrl } from '../../http/locations.ts';
import type { RepositoryRequests } from '../repository-requests.ts';

/** As much progress as this makes up for an attempt that failed. */
const PROGRESS_BYTES = 1024 * 1024;

/**
 * The bytes of a blob as they come. A broken connection is resumed where it was; the reader verifies the bytes
 * as a whole.
 * @param length its size in bytes, as its descriptor claims.
 * @throws VarveError `blob-missing`, `denied`, `unreachable`, `truncated`, in bounded time; the reason of `signal`.
 */
export async function* streamBlob(
  requests: RepositoryRequests,
  digest: Digest,
  length: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const late = AbortSignal.timeout(transferTime(length, requests.patience));
  const either = eitherOf(late, signal);
  const object = `${requests.name}: the blob ${digest}`;
  let position = 0;
  let url = requests.locate(`blobs/${digest}`);
  for (let attempt = 1, progressFrom = 0; ; attempt++) {
    let failure: VarveError;
    try {
      const response = await requestFrom(requests, digest, position, either);
      if (response === null) throw blobAbsent(object);
      url = response.url;
      for await (const chunk of rest(response, position, object)) {
        position += chunk.length;
        yield chunk;
      }
      if (position >= length) return;
      failure = endsEarly(object, position, length);
    } catch (fault) {
      signal?.throwIfAborted();
      if (late.aborted) throw tooSlow(object, position, length);
      if (fault instanceof VarveError) throw fault;
      failure = connectionFault(fault, url, requests.serviceAt(url));
    }
    if (position - progressFrom >= PROGRESS_BYTES) attempt = 1;
    progressFrom = position;
    try {
      await requests.wait(attempt, { failure, asked: null }, either);
    } catch (fault) {
      signal?.throwIfAborted();
      throw late.aborted ? tooSlow(object, position, length) : fault;
    }
  }
}

/**
 * Asks for a blob, or for the part of it from a byte on.
 * @returns null when the registry lacks it; else an answer of status 200 (all of it), 206 or 416.
 */
async function requestFrom(
  requests: RepositoryRequests,
  digest: Digest,
  start: number,
  signal: AbortSignal,
): Promise<HttpResponse | null> {
  const headers: Record<string, string> = start > 0 ? { range: `bytes=${start}-` } : {};
  const response = await requests.send({ to: `blobs/${digest}`, headers, signal });
  if ([200, 206, 416].includes(response.status)) return response;
  if (response.status !== 404) throw await requests.refusal(response);
  await discard(response.body);
  return null;
}

/** What an answer has beyond the bytes that are there already: a server may send all of them again. */
async function* rest(response: HttpResponse, position: number, object: string): AsyncGenerator<Buffer> {
  const { status, headers, body, url } = response;
  const start = /^bytes (\d+)-/.exec(String(headers['content-range'] ?? ''))?.[1];
  if (status === 416 || (status === 206 && Number(start) !== position)) {
    abandon(body);
    throw new VarveError('malformed', `${redactUrl(url)} does not give ${object} from byte ${position} on`, {
      object,
    });
  }
  let skip = status === 206 ? 0 : position;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (skip < chunk.length) yield skip === 0 ? chunk : chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}

function blobAbsent(object: string): VarveError {
  return new VarveError('blob-missing', `${object} is not there`, {
    object,
    hint: 'the image was pushed only in part, or is being deleted: push it again',
  });
}

function endsEarly(object: string, position: number, length: number): VarveError {
  return new VarveError('truncated', `${object} ends at byte ${position} of ${length}`, {
    object,
    hint: 'the registry, or a proxy in between, cuts it off: try again, or push the image again',
  });
}

function tooSlow(object: string, position: number, length: number): VarveError {
  return new VarveError(
    'unreachable',
    `${object} is downloaded too slowly: ${position} of ${length} bytes so far`,
    {
      object,
      hint: 'check the network and the registry, and try again',
    },
  );
}
