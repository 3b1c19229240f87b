import type { Digest } from '../../base/digest.ts';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import { SNAPSHOT_KIND } from '../surface/keys.ts';
import { readDocument } from '../surface/read-payload.ts';
import type { SurfaceStore } from '../surface/surface-store.ts';
import { parseSnapshot } from './parse-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

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
