import * as v from 'valibot';
import { danglingItem, readSound } from '../../../core/surface/damage.ts';
import { examineStoredItem } from '../../../core/surface/examine-item.ts';
import type { ListedItem } from '../../../core/surface/manifest.ts';
import { parseSurfaceManifest } from '../../../core/surface/surface-manifest.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { digest, text } from './connection/columns.ts';
import type { Database } from './connection/database.ts';
import {
  itemRows,
  type ManifestRow,
  readStoredPayload,
  surfaceManifestRows,
  withinLimit,
} from './item-rows.ts';

/** Reads every manifest and payload of some tenants, and yields what is damaged. */
export async function* verifySurfaceRows(
  database: Database,
  tenants: readonly string[],
): AsyncGenerator<Damage> {
  for (const tenant of tenants) {
    for await (const row of itemRows(database, tenant)) yield* verifyItem(database, row);
    for await (const row of surfaceManifestRows(database, tenant))
      yield* verifySurfaceManifest(database, row);
  }
}

async function* verifyItem(
  database: Database,
  { key, object, manifest }: ManifestRow,
): AsyncGenerator<Damage> {
  const damage = await examineStoredItem(key, object, {
    readManifest: async () => withinLimit(manifest, object),
    readPayload: (payload, sizeBytes) => readStoredPayload(database, key, payload, sizeBytes),
  });
  if (damage !== null) yield damage;
}

async function* verifySurfaceManifest(
  database: Database,
  { key, object, manifest }: ManifestRow,
): AsyncGenerator<Damage> {
  const damages: Damage[] = [];
  const parsed = await readSound(
    object,
    (damage) => damages.push(damage),
    async () => parseSurfaceManifest(withinLimit(manifest, object), key, object),
  );
  yield* damages;
  for (const item of await findMissing(database, key.tenant, parsed?.artifacts ?? [])) {
    yield danglingItem(object, item);
  }
}

async function findMissing(
  database: Database,
  tenant: string,
  items: readonly ListedItem[],
): Promise<Pick<ListedItem, 'kind' | 'digest'>[]> {
  return database.read(tenant, (transaction) =>
    transaction.rows(
      v.object({ kind: text, digest }),
      `SELECT listed.kind, listed.digest
       FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS listed (kind, digest, place)
       LEFT JOIN varve.artefacts a ON a.tenant = $1 AND a.kind = listed.kind AND a.digest = listed.digest
       WHERE a.digest IS NULL ORDER BY place`,
      [tenant, items.map(({ kind }) => kind), items.map(({ digest }) => digest)],
    ),
  );
}
