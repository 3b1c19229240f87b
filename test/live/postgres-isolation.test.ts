import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import type { Store } from '../../src/core/store/store.ts';
import { makeOrigin, makeRun } from '../support/item-makers.ts';
import { saveRun } from '../support/numbered-runs.ts';
import { openPostgresStore } from '../support/open-postgres-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { PASSWORD, type PostgresServer, startPostgres } from './support/postgres-server.ts';

const newPath = temporaryFolder();
const ours = makeRun(['shared', 'ours']);
const theirs = makeRun(['shared', 'theirs'], makeOrigin({ tenant: 'other' }));

const opened = new AsyncDisposableStack();
let server: PostgresServer;
let store: Store & AsyncDisposable;
let tables: string[];

beforeAll(async () => {
  server = await startPostgres(newPath('postgres'), ['fsync = off']);
  opened.defer(() => server.stop());
  await server.sql('postgres', `CREATE ROLE owner LOGIN PASSWORD '${PASSWORD}'`);
  await server.sql('postgres', 'CREATE DATABASE shared OWNER owner');
  store = opened.use(await openPostgresStore(server.url('shared', 'owner')));
  for (const run of [ours, theirs]) await saveRun(store, run);
  const listed = await server.sql(
    'shared',
    "SELECT tablename FROM pg_tables WHERE schemaname = 'varve' AND tablename <> 'migrations' ORDER BY 1",
  );
  tables = listed.trim().split('\n');
});

afterAll(() => opened.disposeAsync());

/** Runs statements in one session of a role, as a tenant, and gives the rows of the last. */
async function as(role: string, tenant: string | null, statement: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: server.url('shared', role) });
  await client.connect();
  try {
    if (tenant !== null) await client.query("SELECT set_config('varve.tenant', $1, false)", [tenant]);
    return (await client.query(statement, values)).rows;
  } finally {
    await client.end();
  }
}

const tenantsIn = async (role: string, tenant: string | null, table: string) =>
  (await as(role, tenant, `SELECT DISTINCT tenant FROM varve.${table} ORDER BY 1`)).map((row) => row.tenant);

describe('row-level security', () => {
  it('stands on every table, for its owner too', async () => {
    expect(tables).toHaveLength(7);
    const rows = await as(
      'owner',
      null,
      `SELECT relname FROM pg_class WHERE relnamespace = 'varve'::regnamespace AND relkind = 'r'
       AND relrowsecurity AND relforcerowsecurity ORDER BY 1`,
    );
    expect(rows.map((row) => row.relname)).toEqual(tables);
  });

  it('shows a tenant its own rows alone, and nothing to nobody', async () => {
    for (const table of tables) {
      expect(await tenantsIn('owner', 'acme', table)).toEqual(['acme']);
      expect(await tenantsIn('owner', 'other', table)).toEqual(['other']);
      for (const nobody of [null, '', 'absent', "acme' OR '1", '%']) {
        expect(await tenantsIn('owner', nobody, table)).toEqual([]);
      }
      expect(await tenantsIn('owner', '*', table)).toEqual(['acme', 'other']);
    }
  });

  it('lets no tenant write, move or remove the rows of another', async () => {
    for (const table of tables) {
      const before = await as('owner', 'other', `SELECT * FROM varve.${table}`);
      await as('owner', 'acme', `DELETE FROM varve.${table} WHERE tenant = 'other'`);
      await as('owner', 'acme', `UPDATE varve.${table} SET tenant = 'acme' WHERE tenant = 'other'`);
      await as('owner', '*', `DELETE FROM varve.${table}`);
      expect(await as('owner', 'other', `SELECT * FROM varve.${table}`)).toEqual(before);
      const refused = { code: '42501', message: expect.stringContaining('row-level security') };
      await expect(
        as('owner', 'acme', `UPDATE varve.${table} SET tenant = 'other' WHERE tenant = 'acme'`),
      ).rejects.toMatchObject(refused);
    }
    await expect(
      as('owner', 'acme', "INSERT INTO varve.blobs (tenant, digest, diff_id) VALUES ('other', 'x', 'y')"),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('keeps a role to one tenant, where a restrictive policy says so', async () => {
    await server.sql(
      'shared',
      `CREATE ROLE ci LOGIN PASSWORD '${PASSWORD}'; GRANT USAGE ON SCHEMA varve TO ci`,
    );
    await server.sql('shared', 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA varve TO ci');
    for (const table of tables) {
      await server.sql(
        'shared',
        `CREATE POLICY only_other ON varve.${table} AS RESTRICTIVE TO ci USING (tenant = 'other')`,
      );
      for (const tenant of ['acme', '*', 'other']) {
        const seen = await tenantsIn('ci', tenant, table);
        expect(seen.filter((each) => each !== 'other')).toEqual([]);
      }
    }
    await using theirStore = await openPostgresStore(server.url('shared', 'ci'));
    expect(await theirStore.surface.tenants()).toEqual(['other']);
    await saveRun(theirStore, theirs);
    await expect(saveRun(theirStore, makeRun(['new']))).rejects.toMatchObject({ code: 'store-unwritable' });
  });
});

describe('a row that was tampered with', () => {
  it('that was moved to another tenant is damage there', async () => {
    const { tenant, digest } = { tenant: 'acme', digest: theirs.snapshotDigest };
    const key = { tenant, kind: 'image.snapshot', digest };
    expect(await store.surface.getManifest(key)).toBeNull();
    await server.sql('shared', `UPDATE varve.artefacts SET tenant = 'acme' WHERE digest = '${digest}'`);
    await expect(store.surface.getManifest(key)).rejects.toMatchObject({ code: 'malformed' });
    await server.sql('shared', `UPDATE varve.artefacts SET tenant = 'other' WHERE digest = '${digest}'`);
  });

  it.each([
    ['kind', "'../../x'"],
    ['digest', "'sha256:../../x'"],
    ['manifest', "convert_to(repeat('x', 2000000), 'UTF8')"],
    ['payload', "convert_to(repeat('x', 2000000), 'UTF8')"],
  ])('in its %s is named, and the others are still listed', async (column, value) => {
    const fragment = ours.items[0];
    if (fragment === undefined) throw new Error('no fragment');
    const where = `tenant = 'acme' AND digest = '${fragment.key.digest}'`;
    await server.sql(
      'shared',
      `BEGIN; CREATE TABLE kept AS SELECT * FROM varve.artefacts WHERE ${where}; COMMIT`,
    );
    await server.sql('shared', `UPDATE varve.artefacts SET ${column} = ${value} WHERE ${where}`);
    try {
      const damages = await Array.fromAsync(store.surface.verify());
      expect(damages.map(({ object }) => object).join()).toMatch(/\.\.\/x|layer\.files/);
      const onDamage = () => undefined;
      const listed = await Array.fromAsync(store.surface.list({ tenant: 'acme', onDamage }));
      expect(listed.length).toBeGreaterThanOrEqual(ours.items.length - 1);
    } finally {
      await server.sql(
        'shared',
        `DELETE FROM varve.artefacts WHERE tenant = 'acme' AND kind <> 'image.config' AND kind <> 'image.snapshot';
         INSERT INTO varve.artefacts SELECT * FROM kept ON CONFLICT DO NOTHING; DROP TABLE kept`,
      );
      await saveRun(store, ours);
    }
    expect(await Array.fromAsync(store.surface.verify())).toEqual([]);
  });

  it.each([
    ['name', "'another'"],
    ['commit', "'another'"],
    ['snapshot', `'${digestOf('another')}'`],
    ['pull_request', '9'],
    ['taken_at', "taken_at + interval '1 second'"],
    ['taken_at', "'infinity'"],
    ['taken_at', "'0044-03-15 BC'"],
    ['name_digest', `'${digestOf('another')}'`],
    ['platform', "'linux-another'"],
  ])('in the %s of a history entry is named', async (column, value) => {
    await server.sql('shared', `UPDATE varve.history SET ${column} = ${value} WHERE tenant = 'acme'`);
    const damages = await Array.fromAsync(store.history.verify(async () => null));
    expect(damages).toEqual([
      { object: expect.stringContaining('history/tenants/acme'), problem: expect.any(String) },
    ]);
    const listed = await Array.fromAsync(store.history.list({ tenant: 'acme', name: 'another' }));
    expect(listed).toEqual([]);
    await store.history.append(ours.entry);
    expect(await Array.fromAsync(store.history.verify(async () => null))).toEqual([]);
    expect(await Array.fromAsync(store.history.list({ tenant: 'acme', name: 'app' }))).toEqual([ours.entry]);
  });
});
