import { toVarveError } from '../../../base/errors.ts';
import { damageOf } from '../../../core/surface/damage.ts';
import { formatOf, parseItemManifest } from '../../../core/surface/item-manifest.ts';
import type { SurfaceArtifact } from '../../../core/surface/manifest.ts';
import { payloadPath } from '../../../core/surface/paths.ts';
import { verifyPayload } from '../../../core/surface/payload-codec.ts';
import { parseSurfaceManifest } from '../../../core/surface/surface-manifest.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import type { Database } from './connection/database.ts';
import { itemRows, type ManifestRow, readStoredPayload, surfaceManifestRows, withinLimit } from './rows.ts';

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

async function* verifyItem(database: Database, row: ManifestRow): AsyncGenerator<Damage> {
  const { key } = row;
  let { object } = row;
  try {
    const manifest = parseItemManifest(withinLimit(row.manifest, object), key, object);
    const { sizeBytes } = manifest.storage;
    object = payloadPath(key, formatOf(manifest));
    const compressed = await readStoredPayload(database, key, object, sizeBytes);
    if (compressed === null) yield { object, problem: 'is missing, but has a manifest' };
    else await verifyPayload(compressed, { digest: key.digest, sizeBytes, object });
  } catch (fault) {
    yield damageOrFault(object, fault);
  }
}

async function* verifySurfaceManifest(database: Database, row: ManifestRow): AsyncGenerator<Damage> {
  const { key, object } = row;
  try {
    const { artifacts } = parseSurfaceManifest(withinLimit(row.manifest, object), key, object);
    for (const { kind, digest } of await findMissing(database, key.tenant, artifacts)) {
      yield { object, problem: `lists ${kind} ${digest}, which the store does not have` };
    }
  } catch (fault) {
    yield damageOrFault(object, fault);
  }
}

async function findMissing(
  database: Database,
  tenant: string,
  artifacts: readonly SurfaceArtifact[],
): Promise<Pick<SurfaceArtifact, 'kind' | 'digest'>[]> {
  return database.read(tenant, (transaction) =>
    transaction.query<Pick<SurfaceArtifact, 'kind' | 'digest'>>(
      `SELECT listed.kind, listed.digest
       FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS listed (kind, digest, place)
       LEFT JOIN varve.artefacts a ON a.tenant = $1 AND a.kind = listed.kind AND a.digest = listed.digest
       WHERE a.digest IS NULL ORDER BY place`,
      [tenant, artifacts.map(({ kind }) => kind), artifacts.map(({ digest }) => digest)],
    ),
  );
}

/** A server that goes away damages nothing. */
function damageOrFault(object: string, fault: unknown): Damage {
  if (toVarveError(fault).kind !== 'bytes') throw fault;
  return damageOf(object, fault);
}
