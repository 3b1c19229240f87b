import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { entryBytes } from '../../src/core/history/entry-path.ts';
import type { Store } from '../../src/core/store/store.ts';
import type { SurfaceItem } from '../../src/core/surface/item.ts';
import { PASSWORD, type PostgresServer, startPostgres } from '../live/support/postgres-server.ts';
import { openPostgresStore } from '../support/open-postgres-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeHistoryStore } from './history-store-suite.ts';
import { describeLayerIndex } from './layer-index-suite.ts';
import { describeLayerRecords } from './layer-records-suite.ts';
import { describeSurfaceStore } from './surface-store-suite.ts';

const TABLES = [
  'artefacts',
  'surface_manifests',
  'history',
  'blobs',
  'layer_records',
  'snapshot_layers',
  'layer_uses',
];

/** Holds a store in PostgreSQL to what every store does, on a server of the suite's own. */
export function describePostgres(): void {
  const newPath = temporaryFolder();
  const opened = new AsyncDisposableStack();
  let server: PostgresServer;
  let admin: pg.Client;
  /** Two pools, so that writers of one test do not share connections. */
  let stores: [Store & AsyncDisposable, Store & AsyncDisposable];

  beforeAll(async () => {
    server = await startPostgres(newPath('postgres'), ['fsync = off']);
    opened.defer(() => server.stop());
    // Row-level security must hold for who owns the tables: that is how most will use it.
    await server.sql('postgres', `CREATE ROLE owner LOGIN PASSWORD '${PASSWORD}'`);
    await server.sql('postgres', 'CREATE DATABASE suites OWNER owner');
    const url = server.url('suites', 'owner');
    stores = [opened.use(await openPostgresStore(url)), opened.use(await openPostgresStore(url))];
    admin = new pg.Client({ connectionString: server.url('suites') });
    await admin.connect();
    opened.defer(() => admin.end());
    await countWrites();
  });

  afterAll(() => opened.disposeAsync());

  /** Counts rows that are written, whoever writes them. */
  async function countWrites(): Promise<void> {
    await admin.query(`
      CREATE SEQUENCE varve.writes;
      GRANT USAGE ON varve.writes TO owner;
      CREATE FUNCTION varve.count_write() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM nextval(''varve.writes''); RETURN NULL; END'`);
    for (const table of TABLES) {
      await admin.query(`CREATE TRIGGER count_write AFTER INSERT OR UPDATE OR DELETE ON varve.${table}
        FOR EACH ROW EXECUTE FUNCTION varve.count_write()`);
    }
  }

  async function writes(): Promise<number> {
    const { rows } = await admin.query('SELECT last_value FROM varve.writes');
    return Number(rows[0].last_value);
  }

  /** Empties the database, as every test begins with. */
  async function openEmpty(): Promise<{ store: Store; reopened: Store }> {
    await admin.query(`TRUNCATE ${TABLES.map((table) => `varve.${table}`).join()}`);
    return { store: stores[0], reopened: stores[1] };
  }

  /** Changes bytes in a column of the rows that meet a condition. */
  async function change(
    table: string,
    column: string,
    where: string,
    values: readonly unknown[],
    edit: (bytes: Buffer) => Buffer,
  ): Promise<void> {
    const found = await admin.query(`SELECT ctid, ${column} AS value FROM varve.${table} WHERE ${where}`, [
      ...values,
    ]);
    if (found.rows.length === 0) throw new Error(`nothing in ${table} to damage`);
    for (const { ctid, value } of found.rows) {
      const edited = edit(Buffer.from(value));
      const written = typeof value === 'string' ? edited.toString() : edited;
      await admin.query(`UPDATE varve.${table} SET ${column} = $1 WHERE ctid = $2`, [written, ctid]);
    }
  }

  const OF_KEY = 'tenant = $1 AND kind = $2 AND digest = $3';
  const keyOf = ({ key }: SurfaceItem): string[] => [key.tenant, key.kind, key.digest];

  describe('a surface store in PostgreSQL', () => {
    describeSurfaceStore(async () => {
      const { store, reopened } = await openEmpty();
      return {
        store: store.surface,
        reopen: () => reopened.surface,
        damagePayload: (item, edit) => change('artefacts', 'payload', OF_KEY, keyOf(item), edit),
        damageManifest: (item, edit) => change('artefacts', 'manifest', OF_KEY, keyOf(item), edit),
        damageSurfaceManifest: (tenant, digest, edit) =>
          change('surface_manifests', 'manifest', 'tenant = $1 AND digest = $2', [tenant, digest], edit),
        losePayload: async (item) => {
          await admin.query(`UPDATE varve.artefacts SET payload = NULL WHERE ${OF_KEY}`, keyOf(item));
        },
        deletes: true,
        writes,
      };
    });
  });

  describe('layer records in PostgreSQL', () => {
    describeLayerRecords(async () => {
      const { store, reopened } = await openEmpty();
      return {
        records: store.layers,
        reopen: () => reopened.layers,
        damage: async (edit) => {
          await change('blobs', 'diff_id', 'true', [], edit);
          await change('layer_records', 'record', 'true', [], edit);
        },
        writes,
      };
    });
  });

  describe('a history in PostgreSQL', () => {
    describeHistoryStore(async () => {
      const { store, reopened } = await openEmpty();
      return {
        history: store.history,
        reopen: () => reopened.history,
        damage: (entry, edit) =>
          change('history', 'entry', 'digest = $1', [digestOf(entryBytes(entry))], edit),
      };
    });
  });

  describe('the layer index in PostgreSQL', () => {
    describeLayerIndex(async () => {
      const { store, reopened } = await openEmpty();
      return {
        store,
        reopen: () => reopened,
        damage: (entry, edit) =>
          change('history', 'entry', 'digest = $1', [digestOf(entryBytes(entry))], edit),
      };
    });
  });
}
