import type { Digest } from '../../base/digest.ts';
import { DEFAULT_LIMITS, type Limits, limitExceeded } from '../../base/limits.ts';
import { parseSnapshot } from '../snapshot/parse-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ArtefactKey } from './artefact.ts';
import { SNAPSHOT_KIND } from './keys.ts';
import type { SurfaceStore } from './surface-store.ts';

/**
 * The whole payload of a document that fits into memory: a snapshot, config or comparison.
 * @returns null when the store does not have it.
 * @throws VarveError `limit-exceeded` over `limits.jsonBytes`; as the store does for damage.
 */
export async function readDocument(
  surface: SurfaceStore,
  key: ArtefactKey,
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

/** A stored snapshot; null when the store does not have it. @throws VarveError when it is damaged or malformed. */
export async function readSnapshot(
  surface: SurfaceStore,
  tenant: string,
  digest: Digest,
  limits: Limits = DEFAULT_LIMITS,
): Promise<Snapshot | null> {
  const bytes = await readDocument(surface, { tenant, kind: SNAPSHOT_KIND, digest }, limits);
  return bytes && parseSnapshot(bytes, digest, limits);
}
