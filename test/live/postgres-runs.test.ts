import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { type CallOutcome, callVarve } from '../support/call-varve.ts';
import { DIST, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { PASSWORD, type PostgresServer, startPostgres } from './support/postgres-server.ts';

const newPath = temporaryFolder();
const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${FIXTURES}/app-v1`;
const V2 = `oci:${FIXTURES}/app-v2`;

let server: PostgresServer;
let databases = 0;
let database: string;
let url: string;
/** How the store is shown. */
let place: string;

beforeAll(async () => {
  server = await startPostgres(newPath('postgres'), ['fsync = off']);
  await server.sql('postgres', `CREATE ROLE owner LOGIN PASSWORD '${PASSWORD}'`);
});

afterAll(() => server.stop());

beforeEach(async () => {
  database = `runs_${++databases}`;
  await server.sql('postgres', `CREATE DATABASE ${database} OWNER owner`);
  url = server.url(database, 'owner');
  place = `postgres://owner@127.0.0.1:${server.port}/${database}`;
});

/** Calls a command with the database as baseline; nothing that it says may hold the password. */
async function call(...args: readonly string[]): Promise<CallOutcome> {
  const outcome = await callVarve(...args, '--baseline', url);
  expect(`${outcome.stdout}${outcome.stderr}`).not.toContain(PASSWORD);
  expect(`${outcome.stdout}${outcome.stderr}`).not.toContain(encodeURIComponent(PASSWORD));
  return outcome;
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await call(...args, '--format', 'json');
  expect([args, status, stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout);
}

const snapshot = (image: string, ...args: readonly string[]) =>
  json<Pointer>('snapshot', image, '--name', 'shop', ...args);
const history = (...args: readonly string[]) => json<HistoryEntry[]>('history', ...args);

describe('a run with a database as baseline', () => {
  it('adds to it, and the next is compared with it and reads only what is new', async () => {
    const first = await snapshot(V1);
    expect(first.baseline).toBeNull();
    const second = await snapshot(V2);
    expect(second.baseline).toMatchObject({ place, snapshotDigest: first.snapshotDigest });
    expect(second.layers.reused).toBeGreaterThan(0);
    const again = await snapshot(V2);
    expect(again.layers).toMatchObject({ read: 0, bytesRead: 0 });
    expect(again.snapshotDigest).toBe(second.snapshotDigest);
    expect((await history('shop')).map(({ scanId }) => scanId)).toEqual(
      [again, second, first].map(({ run }) => run.scanId),
    );
    expect(await json('surface', 'verify')).toEqual([]);
    const { stdout } = await call('surface', 'get', `image.snapshot@${second.snapshotDigest}`);
    expect(JSON.parse(stdout).layers).toHaveLength(second.layers.total);
  });

  it('says the same of an image as with a directory', async () => {
    const folder = newPath('directory');
    const here: unknown[] = [];
    const there: unknown[] = [];
    for (const image of [V1, V2]) {
      const inDatabase = await json<{ comparisonDocument: unknown } & Pointer>(
        'snapshot',
        image,
        '--name',
        'shop',
      );
      const outcome = await callVarve(
        'snapshot',
        image,
        '--name',
        'shop',
        '--format',
        'json',
        '--baseline',
        `dir:${folder}`,
      );
      const inFolder = JSON.parse(outcome.stdout);
      there.push([inDatabase.manifestDigest, inDatabase.comparisonDocument]);
      here.push([inFolder.manifestDigest, inFolder.comparisonDocument]);
    }
    expect(there).toEqual(here);
  });

  it('says in its report where the snapshot was kept', async () => {
    const { status, stdout } = await call('snapshot', V1, '--name', 'shop');
    expect(status).toBe(0);
    // Reports show the user of no URL.
    expect(stdout).toContain(place.replace('owner', '***'));
  });

  it('only reads it when told to', async () => {
    const first = await snapshot(V1);
    const casRoot = newPath('cas-root');
    const second = await snapshot(V2, '--no-save', '--cas-root', casRoot);
    expect(second.baseline?.snapshotDigest).toBe(first.snapshotDigest);
    expect(await history('shop')).toHaveLength(1);
  });

  it('with a CAS root of its own keeps a copy in both', async () => {
    const casRoot = newPath('cas-root');
    await snapshot(V1, '--cas-root', casRoot);
    const second = await snapshot(V2, '--cas-root', casRoot);
    expect(await history('shop')).toHaveLength(2);
    const local = await callVarve('history', 'shop', '--format', 'json', '--cas-root', casRoot);
    expect(JSON.parse(local.stdout)).toEqual(await history('shop'));
    expect(await json('surface', 'verify')).toEqual([]);
    expect((await snapshot(V2)).layers.read).toBe(0);
    expect(second.baseline?.place).toBe(place);
  });

  it('that takes no writes is compared with, and it is said that nothing was saved', async () => {
    const first = await snapshot(V1);
    await server.sql('postgres', `ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    const args = ['snapshot', V2, '--name', 'shop', '--format', 'json', '--cas-root', newPath('cas-root')];
    const { status, stdout, stderr } = await call(...args);
    expect([status, JSON.parse(stdout).baseline.snapshotDigest]).toEqual([0, first.snapshotDigest]);
    expect(stderr).toMatch(/the snapshot was not saved in .* read-only transaction/);
    const refused = await call('snapshot', V2, '--name', 'shop');
    expect(refused).toMatchObject({ status: 4, stderr: expect.stringContaining('store-unwritable') });
  });

  it('of another tenant sees none of it', async () => {
    await snapshot(V1);
    const other = await snapshot(V1, '--tenant', 'other');
    expect(other.baseline).toBeNull();
    expect(other.layers.reused).toBe(0);
    expect(await history('shop', '--tenant', 'other')).toHaveLength(1);
  });
});

it('the built command line has the driver in it', async () => {
  const bare = newPath('dist');
  cpSync(DIST, bare, { recursive: true });
  const varve = (...args: readonly string[]) =>
    runVarve([...args, '--baseline', `postgres://owner@127.0.0.1:${server.port}/${database}`], {
      dist: bare,
      env: { PGPASSWORD: PASSWORD },
    });
  expect(await varve('snapshot', V1, '--name', 'shop')).toMatchObject({ status: 0, stderr: '' });
  const { status, stdout, stderr } = await varve('history', 'shop', '--format', 'json');
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toHaveLength(1);
});

describe('which images have a layer', () => {
  it('is told by diffID or digest, of all names or one, newest first', async () => {
    const first = await snapshot(V1);
    const second = await json<Pointer>('snapshot', V2, '--name', 'other');
    const layersOf = async ({ snapshotDigest }: Pointer) => {
      const { stdout } = await call('surface', 'get', `image.snapshot@${snapshotDigest}`);
      return JSON.parse(stdout).layers;
    };
    const [old, recent] = [await layersOf(first), await layersOf(second)];
    const shared = old[0];
    expect(recent[0].diffId).toBe(shared.diffId);
    const own = recent.find(({ diffId }: { diffId: string }) => !JSON.stringify(old).includes(diffId));
    const names = async (...args: readonly string[]) => (await history(...args)).map(({ name }) => name);
    for (const layer of [shared.diffId, shared.digest]) {
      expect(await names('--layer', layer)).toEqual(['other', 'shop']);
      expect(await names('shop', '--layer', layer)).toEqual(['shop']);
      expect(await names('--layer', layer, '--limit', '1')).toEqual(['other']);
    }
    expect(await names('--layer', own.diffId)).toEqual(['other']);
    const { stdout } = await call('history', '--layer', own.diffId);
    expect(stdout).toMatch(/taken \(UTC\) +name +platform.*\n.* other +linux\/amd64 /);

    // A row that says so is not enough: the snapshots themselves are asked.
    await server.sql(
      database,
      `INSERT INTO varve.layer_uses SELECT tenant, '${own.diffId}', taken_at, digest FROM varve.history ON CONFLICT DO NOTHING`,
    );
    expect(await names('--layer', own.diffId)).toEqual(['other']);
    const absent = await call('history', '--layer', `sha256:${'0'.repeat(64)}`);
    expect(absent).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no snapshot with the layer'),
    });
  });
});

describe('a baseline that was poisoned', () => {
  const spoilings: readonly (readonly [string, string])[] = [
    ['manifests', "UPDATE varve.artefacts SET manifest = 'x'"],
    ['payloads', "UPDATE varve.artefacts SET payload = 'x'"],
    ['lost payloads', 'UPDATE varve.artefacts SET payload = NULL'],
    [
      'truncated payloads',
      'UPDATE varve.artefacts SET payload = substring(payload FOR octet_length(payload) / 2)',
    ],
    [
      'another schema',
      "UPDATE varve.artefacts SET manifest = replace(convert_from(manifest, 'UTF8'), 'manifest@1', 'manifest@9')::bytea",
    ],
    ['history', "UPDATE varve.history SET entry = 'x'"],
    [
      'history of another name',
      "UPDATE varve.history SET entry = replace(convert_from(entry, 'UTF8'), 'shop', 'ship')::bytea",
    ],
    ['history of no time', "UPDATE varve.history SET taken_at = 'infinity'"],
    ['surface manifests', "UPDATE varve.surface_manifests SET manifest = 'x'"],
    ['layer records', "UPDATE varve.layer_records SET record = 'x'"],
    [
      'layer records that are sound in themselves',
      `UPDATE varve.layer_records SET record = forged, digest = 'sha256:' || encode(sha256(forged), 'hex')
       FROM (SELECT ctid AS place, replace(convert_from(record, 'UTF8'), 'Size":', 'Size":1')::bytea AS forged
             FROM varve.layer_records) f WHERE layer_records.ctid = place`,
    ],
    ['swapped layer records', 'UPDATE varve.layer_records SET digest = reverse(digest)'],
    ['bindings to nothing', "UPDATE varve.blobs SET diff_id = 'x'"],
    [
      'bindings to another layer',
      `UPDATE varve.blobs b SET diff_id = (SELECT max(diff_id) FROM varve.blobs o WHERE o.diff_id <> b.diff_id)`,
    ],
    ['everything gone but history', 'DELETE FROM varve.artefacts; DELETE FROM varve.surface_manifests'],
  ];

  it.each(spoilings)('by %s changes nothing of what is said of the image', async (_, spoiling) => {
    const clean = await snapshot(V2);
    await server.sql(database, 'TRUNCATE varve.artefacts, varve.surface_manifests, varve.history');
    await server.sql(
      database,
      'TRUNCATE varve.blobs, varve.layer_records, varve.snapshot_layers, varve.layer_uses',
    );
    await snapshot(V1);
    await snapshot(V2);
    await server.sql(database, spoiling);
    const { status, stdout, stderr } = await call('snapshot', V2, '--name', 'shop', '--format', 'json');
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^(?:varve: .*\n)*$/)]);
    const after: Pointer = JSON.parse(stdout);
    expect(after.snapshotDigest).toBe(clean.snapshotDigest);
    expect(after.manifestDigest).toBe(clean.manifestDigest);
  });
});
