import { VarveError } from '../../../base/errors.ts';
import { connectionFault, redactUrl } from '../http/http-faults.ts';
import type { HttpResponse } from '../http/http-messages.ts';
import { abandon } from '../http/response-body.ts';
import { transferTime } from '../http/within-time.ts';
import type { BlobAddress, Patience } from '../registry-access.ts';
import type { Repository } from '../repository.ts';

/** As much progress as this makes up for an attempt that failed. */
const PROGRESS_BYTES = 1024 * 1024;

/**
 * The bytes of a blob as they come. A connection that breaks is taken up again where it was; whoever reads the bytes
 * verifies them as a whole.
 * @throws VarveError `blob-missing`, `denied`, `unreachable`, `truncated`, in bounded time; the reason of `signal`.
 */
export async function* streamBlob(
  repository: Repository,
  blob: BlobAddress,
  patience: Patience,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const late = AbortSignal.timeout(transferTime(blob.length, patience));
  const either = signal === undefined ? late : AbortSignal.any([signal, late]);
  const object = `${repository.name}: the blob ${blob.digest}`;
  let position = 0;
  for (let attempt = 1, progressFrom = 0; ; attempt++) {
    let failure: VarveError;
    try {
      const response = await repository.requestBlob(blob.digest, position, either);
      if (response === null) throw blobAbsent(object);
      for await (const chunk of rest(response, position, object)) {
        position += chunk.length;
        yield chunk;
      }
      if (position >= blob.length) return;
      failure = endsEarly(object, position, blob.length);
    } catch (fault) {
      signal?.throwIfAborted();
      if (late.aborted) throw tooSlow(object, position, blob.length);
      if (fault instanceof VarveError) throw fault;
      failure = connectionFault(fault, new URL(blob.origin));
    }
    if (position - progressFrom >= PROGRESS_BYTES) attempt = 1;
    progressFrom = position;
    try {
      await repository.wait(attempt, failure, either);
    } catch (fault) {
      signal?.throwIfAborted();
      throw late.aborted ? tooSlow(object, position, blob.length) : fault;
    }
  }
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
    hint: 'the registry or something on the way cuts it off: try again, or push the image again',
  });
}

function tooSlow(object: string, position: number, length: number): VarveError {
  return new VarveError('unreachable', `${object} comes too slowly: ${position} of ${length} bytes so far`, {
    object,
    hint: 'check the network and the registry, and try again',
  });
}
