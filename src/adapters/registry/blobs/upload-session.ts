import type { Digest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { discard, type HttpResponse, headerOf } from '../../http/http-response.ts';
import type { PassingTrouble } from '../../http/http-transport.ts';
import { resolveLocation } from '../../http/locations.ts';
import type { RepositoryRequests } from '../repository-requests.ts';

/** An upload that a registry has begun to take. */
export interface UploadSession {
  /** Where the next part goes; perhaps another server. */
  readonly location: URL;
  /** How many bytes the registry has. */
  readonly offset: number;
  /** The least that a part must have unless it is the last, in bytes. */
  readonly leastPart: number;
}

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#post-then-put */
export async function beginUpload(requests: RepositoryRequests, signal: AbortSignal): Promise<UploadSession> {
  const response = await requests.send({ method: 'POST', to: 'blobs/uploads/', signal });
  if (response.status !== 202) throw await requests.refusal(response);
  return sessionOf(requests, response);
}

/**
 * Asks the registry to take a blob from another of its repositories.
 * @returns the session of a usual upload when it would rather have that; null when it does not know what to do.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository
 */
export async function mountBlob(
  requests: RepositoryRequests,
  digest: Digest,
  from: string,
  signal: AbortSignal,
): Promise<UploadSession | 'mounted' | null> {
  const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
  let answer: HttpResponse | PassingTrouble;
  try {
    answer = await requests.attempt({ method: 'POST', to: `blobs/uploads/?${query}`, signal });
  } catch (fault) {
    // A user who may not read there may still write here.
    if (fault instanceof VarveError) return null;
    throw fault;
  }
  if (!('status' in answer)) return null;
  if (answer.status === 202) return sessionOf(requests, answer);
  await discard(answer.body);
  return answer.status === 201 ? 'mounted' : null;
}

/**
 * Asks how far an upload came.
 * @returns null when it has to start over.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks
 */
export async function findProgress(
  requests: RepositoryRequests,
  session: UploadSession,
  signal: AbortSignal,
): Promise<UploadSession | null> {
  const response = await requests.send({ to: session.location, signal });
  await discard(response.body);
  const offset = receivedBytes(response);
  // Registries say `0-0` both of one byte and of none.
  if (response.status !== 204 || offset === null || offset === 1) return null;
  return { ...continued(requests, session, response), offset };
}

/** The session after the registry took a part of it. */
export function continued(
  requests: RepositoryRequests,
  session: UploadSession,
  response: HttpResponse,
): UploadSession {
  const location = headerOf(response, 'location');
  return {
    ...session,
    location: location === '' ? session.location : follow(requests, location, response),
    leastPart: leastPart(response) ?? session.leastPart,
  };
}

/** How many bytes of an upload a registry has, as it says; null when it does not. */
export function receivedBytes(response: HttpResponse): number | null {
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(headerOf(response, 'range'))?.[1];
  return last === undefined ? null : Number(last) + 1;
}

async function sessionOf(requests: RepositoryRequests, response: HttpResponse): Promise<UploadSession> {
  await discard(response.body);
  const location = headerOf(response, 'location');
  if (location === '') {
    const object = response.url.origin;
    throw new VarveError('malformed', `${object} accepts an upload, but does not say where to send it`, {
      object,
    });
  }
  return {
    location: follow(requests, location, response),
    offset: 0,
    leastPart: leastPart(response) ?? 0,
  };
}

function follow(requests: RepositoryRequests, location: string, { url }: HttpResponse): URL {
  return resolveLocation(location, url, requests.serviceAt(url));
}

function leastPart(response: HttpResponse): number | null {
  const value = headerOf(response, 'oci-chunk-min-length');
  return /^\d{1,15}$/.test(value) ? Number(value) : null;
}
