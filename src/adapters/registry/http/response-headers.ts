import { type Digest, isDigest } from '../../../base/digest.ts';
import type { HttpResponse } from './http-messages.ts';

/** A header's value; empty when there is none, the first when there are several. */
export function headerOf({ headers }: HttpResponse, name: string): string {
  return [headers[name] ?? ''].flat()[0] ?? '';
}

/** The digest of what was sent or taken, as the registry says; null when it does not, or speaks of another hash. */
export function claimedDigest(response: HttpResponse): Digest | null {
  const claimed = headerOf(response, 'docker-content-digest');
  return isDigest(claimed) ? claimed : null;
}

/** The media type of a body, without parameters; empty when it is not said. */
export function mediaTypeOf(response: HttpResponse): string {
  return (headerOf(response, 'content-type').split(';')[0] ?? '').trim().toLowerCase();
}

/** How long a server asks one to wait, in milliseconds; null when it does not say. */
export function retryAfter(response: HttpResponse): number | null {
  const value = headerOf(response, 'retry-after');
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
