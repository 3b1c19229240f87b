import type { Digest } from '../../../base/digest.ts';
import type { ItemKey } from '../../../core/surface/item.ts';
import { renewManifest } from '../../../core/surface/merge-manifest.ts';
import { manifestPath } from '../../../core/surface/paths.ts';
import type { Transaction } from './connection/database.ts';
import { MANIFEST_COLUMN, withinLimit } from './rows.ts';

/** A manifest whose expiry is worth moving, as it must become. */
export interface Renewal {
  readonly key: ItemKey;
  readonly manifest: Uint8Array;
}

/**
 * Finds which of a tenant's items must be renewed; those that are absent are passed over.
 * @param lock keeps other writers from the rows until the transaction ends.
 * @throws VarveError `malformed` for a damaged manifest.
 */
export async function findRenewals(
  transaction: Transaction,
  tenant: string,
  keys: readonly ItemKey[],
  expiresAt: (key: ItemKey) => string | null,
  lock: '' | 'FOR UPDATE OF a' = '',
): Promise<Renewal[]> {
  const rows = await transaction.query<{ kind: string; digest: Digest; manifest: Buffer | null }>(
    `SELECT a.kind, a.digest, ${MANIFEST_COLUMN}
     FROM unnest($2::text[], $3::text[]) AS k (kind, digest)
     JOIN varve.artefacts a ON a.tenant = $1 AND a.kind = k.kind AND a.digest = k.digest
     ORDER BY a.kind, a.digest ${lock}`,
    [tenant, keys.map(({ kind }) => kind), keys.map(({ digest }) => digest)],
  );
  return rows.flatMap(({ kind, digest, manifest }) => {
    const key = { tenant, kind, digest };
    const object = manifestPath(key);
    const renewed = renewManifest(withinLimit(manifest, object), key, expiresAt(key), object);
    return renewed === null ? [] : [{ key, manifest: renewed }];
  });
}

/** Lets the expiry of a tenant's items grow, by what their manifests say once nobody else can change them. */
export async function renewItems(
  transaction: Transaction,
  tenant: string,
  keys: readonly ItemKey[],
  expiresAt: (key: ItemKey) => string | null,
): Promise<void> {
  const renewals = await findRenewals(transaction, tenant, keys, expiresAt, 'FOR UPDATE OF a');
  for (const { key, manifest } of renewals) {
    await transaction.query(
      'UPDATE varve.artefacts SET manifest = $4 WHERE tenant = $1 AND kind = $2 AND digest = $3',
      [tenant, key.kind, key.digest, manifest],
    );
  }
}
