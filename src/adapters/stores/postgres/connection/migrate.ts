import * as v from 'valibot';
import { VarveError } from '../../../../base/errors.ts';
import { flag, number } from './columns.ts';
import { ALL_TENANTS, type Database, type Transaction } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

/** Names the advisory lock under which the schema changes; any number does that no other program uses. */
const LOCK = 8_243_906_117;

/**
 * Brings the schema to the version of this program, in one transaction. Of several processes that want to, one does
 * it while the others wait; a role that may only read does not mind while there is nothing to do.
 * @param migrations version 1 first.
 * @throws VarveError `unsupported` for a schema of a newer program; `store-unwritable` where the role may not make it.
 */
export async function migrate(database: Database, migrations: readonly string[] = MIGRATIONS): Promise<void> {
  const version = await database.read(ALL_TENANTS, findVersion);
  if (checkVersion(version, migrations.length, database.location) === migrations.length) return;
  await database.write(ALL_TENANTS, async (transaction) => {
    await transaction.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    // Another process may have been faster.
    const present = await findVersion(transaction);
    for (
      let next = checkVersion(present, migrations.length, database.location);
      next < migrations.length;
      next++
    ) {
      if (next === 0) await createSchema(transaction);
      await transaction.query(migrations[next] ?? '');
      await transaction.query('INSERT INTO varve.migrations (version) VALUES ($1)', [next + 1]);
    }
  });
}

async function createSchema(transaction: Transaction): Promise<void> {
  await transaction.query(`
    CREATE SCHEMA IF NOT EXISTS varve;
    CREATE TABLE IF NOT EXISTS varve.migrations (
      version integer PRIMARY KEY,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
}

/** 0 where there is no schema yet. */
async function findVersion(transaction: Transaction): Promise<number> {
  const [found] = await transaction.rows(
    v.object({ present: flag }),
    `SELECT EXISTS (
       SELECT FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
       WHERE nspname = 'varve' AND relname = 'migrations'
     ) AS present`,
  );
  if (found?.present !== true) return 0;
  const [row] = await transaction.rows(
    v.object({ version: v.nullable(number) }),
    'SELECT max(version) AS version FROM varve.migrations',
  );
  return row?.version ?? 0;
}

function checkVersion(version: number, known: number, location: string): number {
  if (version <= known) return version;
  throw new VarveError(
    'unsupported',
    `${location} has version ${version} of the schema, newer than ${known}`,
    {
      object: location,
      hint: 'a newer Varve has used this database: use that version, or another database',
    },
  );
}
