import type { Digest } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import { CONFIG_KIND, MANIFEST_KIND } from '../../core/surface/keys.ts';
import { readPayload } from '../../core/surface/read-payload.ts';
import type { SurfaceStore } from '../../core/surface/surface-store.ts';

/** Documents of images that were read before, so that they need not be fetched; null for others. */
export interface KnownDocuments {
  manifest(digest: Digest): Promise<Buffer | null>;
  config(digest: Digest): Promise<Buffer | null>;
}

/** What is known where everything is to be read again. */
export const NO_DOCUMENTS: KnownDocuments = { manifest: async () => null, config: async () => null };

/** The documents that a tenant's part of a store has. One that is damaged there is as good as none. */
export function findDocumentsIn(surface: SurfaceStore, tenant: string): KnownDocuments {
  const find = async (kind: string, digest: Digest): Promise<Buffer | null> => {
    try {
      return await readPayload(surface, { tenant, kind, digest });
    } catch (fault) {
      if (toVarveError(fault).kind === 'bytes') return null;
      throw fault;
    }
  };
  return {
    manifest: (digest) => find(MANIFEST_KIND, digest),
    config: (digest) => find(CONFIG_KIND, digest),
  };
}
