import { DEFAULT_LIMITS, type Limits, limitExceeded } from '../../base/limits.ts';
import type { ItemKey } from './item.ts';
import type { SurfaceStore } from './surface-store.ts';

/**
 * A whole payload, verified, in memory: an inventory of a hundred thousand entries is some 15 MB.
 * @returns null when the store does not have it.
 * @throws VarveError as the store does for damage.
 */
export async function readPayload(surface: SurfaceStore, key: ItemKey): Promise<Buffer | null> {
  const payload = await surface.getPayload(key);
  return payload && collect(payload);
}

/**
 * The whole payload of a document that fits into memory: a snapshot, config or comparison.
 * @returns null when the store does not have it.
 * @throws VarveError `limit-exceeded` over `limits.jsonBytes`; as the store does for damage.
 */
export async function readDocument(
  surface: SurfaceStore,
  key: ItemKey,
  limits: Limits = DEFAULT_LIMITS,
): Promise<Uint8Array | null> {
  const payload = await surface.getPayload(key);
  if (payload === null) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of payload) {
    length += chunk.length;
    if (length > limits.jsonBytes) throw limitExceeded('jsonBytes', limits, key.digest);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** All chunks as one buffer; a single one is not copied. */
export async function collect(chunksOf: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf) chunks.push(chunk);
  const [only] = chunks;
  if (only === undefined || chunks.length > 1) return Buffer.concat(chunks);
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}
