import type { Dispatcher } from 'undici';
import { withoutSecrets } from '../../base/secrets.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import type { Service } from './service.ts';

/** An answer, its body not yet read: read it, or dump it. */
export interface HttpResponse {
  /** Where it came from in the end. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Dispatcher.ResponseData['body'];
  /** What proves who one is, as it was sent: the server may repeat it, and logs are read by others. */
  readonly secrets: Iterable<string>;
}

const LARGEST_REFUSAL = 64 * 1024;
const LONGEST_WORDS = 200;
/** Credentials, whether this program or a server sent them. */
const PROOF = /\b(basic|bearer)\s+\S+/gi;

/** A header's value; empty when there is none, the first when there are several. */
export function headerOf({ headers }: Pick<HttpResponse, 'headers'>, name: string): string {
  return [headers[name] ?? ''].flat()[0] ?? '';
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

/** The bytes of a body; null when they are more than the limit, and then the rest is not read. */
export async function readLimited(body: HttpResponse['body'], limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads away a body that is short and says nothing, so that its connection can be used again. */
export async function discard(body: HttpResponse['body']): Promise<void> {
  await readLimited(body, LARGEST_REFUSAL).catch(() => {});
}

/** Gives up on a body: whatever else would come is not waited for. */
export function abandon(body: HttpResponse['body']): void {
  // It fails when it is destroyed, and that ends the process unless somebody listens.
  body.on('error', () => {}).destroy();
}

/** What a service says about its refusal, cut short; empty when it says nothing that can be read. */
export async function readRefusal(
  { body, secrets }: Pick<HttpResponse, 'body' | 'secrets'>,
  { wordsIn }: Pick<Service, 'wordsIn'>,
): Promise<string> {
  try {
    const bytes = await readLimited(body, LARGEST_REFUSAL);
    const words = wordsIn(parseShallowJson(bytes?.toString('utf8') ?? ''));
    return withoutSecrets(words, secrets).replaceAll(PROOF, '$1 …').slice(0, LONGEST_WORDS);
  } catch {
    return '';
  }
}
