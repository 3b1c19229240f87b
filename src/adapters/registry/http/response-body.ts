import * as v from 'valibot';
import type { HttpResponse } from './http-messages.ts';

const LARGEST_REFUSAL = 64 * 1024;
const LONGEST_WORDS = 200;
/** What proves who one is: a server may repeat what it was sent, and logs are read by others. */
const PROOF = /\b(basic|bearer)\s+\S+/gi;

const RefusalSchema = v.object({
  errors: v.array(
    v.object({ code: v.optional(v.string(), ''), message: v.optional(v.nullable(v.string()), '') }),
  ),
});

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

/**
 * What a server says about its refusal, cut short; empty when it says nothing that can be read.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export async function readRefusal(body: HttpResponse['body']): Promise<string> {
  try {
    const bytes = await readLimited(body, LARGEST_REFUSAL);
    const refusal = v.safeParse(RefusalSchema, JSON.parse(bytes?.toString('utf8') ?? ''));
    const first = refusal.success ? refusal.output.errors[0] : undefined;
    const words = [first?.code, first?.message].filter(Boolean).join(': ');
    return words.replaceAll(PROOF, '$1 …').slice(0, LONGEST_WORDS);
  } catch {
    return '';
  }
}
