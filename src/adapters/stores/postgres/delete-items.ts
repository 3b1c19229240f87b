import * as v from 'valibot';
import type { ItemKey } from '../../../core/surface/item.ts';
import { soundItemManifest } from '../../../core/surface/item-manifest.ts';
import { SURFACE_KIND } from '../../../core/surface/keys.ts';
import type { ItemManifest } from '../../../core/surface/manifest.ts';
import { manifestPath } from '../../../core/surface/paths.ts';
import { bytes, digest, text } from './connection/columns.ts';
import type { Transaction } from './connection/database.ts';
import { MANIFEST_COLUMN } from './item-rows.ts';
import { ROWS_OF_KEYS } from './write-items.ts';

/**
 * Deletes a tenant's items, and surface manifests.
 *
 * The rows are locked before it is asked whether they may go, so nobody renews one between the question and its end.
 * A writer that puts one of them meanwhile waits for the lock, finds the row gone, and puts it again (`putItems`).
 * @returns the keys of the rows that were there and are deleted.
 */
export async function deleteItems(
  transaction: Transaction,
  tenant: string,
  keys: readonly ItemKey[],
  may?: (manifest: ItemManifest) => boolean,
): Promise<ItemKey[]> {
  const images = keys.filter(({ kind }) => kind === SURFACE_KIND);
  const items = keys.filter(({ kind }) => kind !== SURFACE_KIND);
  const due = may === undefined ? items : await findDue(transaction, tenant, items, may);
  const deleted = new Set<string>();
  for (const { kind, digest } of await deleteRows(transaction, tenant, due, images))
    deleted.add(`${kind} ${digest}`);
  return keys.filter(({ kind, digest }) => deleted.has(`${kind} ${digest}`));
}

const KeyRow = v.object({ kind: text, digest });

async function findDue(
  transaction: Transaction,
  tenant: string,
  keys: readonly ItemKey[],
  may: (manifest: ItemManifest) => boolean,
): Promise<ItemKey[]> {
  const rows = await transaction.rows(
    v.object({ ...KeyRow.entries, manifest: v.nullable(bytes) }),
    `SELECT a.kind, a.digest, ${MANIFEST_COLUMN} ${ROWS_OF_KEYS} FOR UPDATE OF a`,
    [tenant, ...columnsOf(keys)],
  );
  return rows.flatMap(({ kind, digest, manifest }) => {
    const key = { tenant, kind, digest };
    const sound = manifest && soundItemManifest(manifest, key, manifestPath(key));
    return sound !== null && may(sound) ? [key] : [];
  });
}

async function deleteRows(
  transaction: Transaction,
  tenant: string,
  items: readonly ItemKey[],
  images: readonly ItemKey[],
): Promise<{ readonly kind: string; readonly digest: string }[]> {
  const ofItems = await transaction.rows(
    KeyRow,
    `WITH due AS (SELECT a.kind, a.digest ${ROWS_OF_KEYS} FOR UPDATE OF a)
     DELETE FROM varve.artefacts a USING due
     WHERE a.tenant = $1 AND a.kind = due.kind AND a.digest = due.digest RETURNING a.kind, a.digest`,
    [tenant, ...columnsOf(items)],
  );
  const ofImages = await transaction.rows(
    KeyRow,
    `DELETE FROM varve.surface_manifests
     WHERE tenant = $1 AND digest = ANY ($2::text[]) RETURNING '${SURFACE_KIND}' AS kind, digest`,
    [tenant, images.map((image) => image.digest)],
  );
  return [...ofItems, ...ofImages];
}

const columnsOf = (keys: readonly ItemKey[]) => [keys.map(({ kind }) => kind), keys.map((key) => key.digest)];
