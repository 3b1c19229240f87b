import type { Digest } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import { readPayload } from '../../core/surface/read-payload.ts';
import type { SurfaceStore } from '../../core/surface/surface-store.ts';

/** Finds configs that were read before, so that they need not be fetched; null for others. */
export type KnownConfigs = (digest: Digest) => Promise<Buffer | null>;

/** The configs that a tenant's part of a store has. One that is damaged there is as good as none. */
export function findConfigsIn(surface: SurfaceStore, tenant: string): KnownConfigs {
  return async (digest) => {
    try {
      return await readPayload(surface, { tenant, kind: 'image.config', digest });
    } catch (fault) {
      if (toVarveError(fault).kind === 'bytes') return null;
      throw fault;
    }
  };
}
