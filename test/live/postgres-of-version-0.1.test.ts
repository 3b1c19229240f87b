import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { PASSWORD, type PostgresServer, startPostgres } from './support/postgres-server.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const newPath = temporaryFolder();
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres(newPath('server'));
});

afterAll(() => server.stop());

it('a database that version 0.1 wrote is listed, verified and compared with', async () => {
  await server.sql('postgres', 'CREATE DATABASE old');
  const dump = newPath('dump.sql');
  writeFileSync(dump, gunzipSync(readFileSync(join(FIXTURES, 'v0.1/database.sql.gz'))));
  await server.sql('old', `\\i ${dump}`);
  const env = { PGPASSWORD: PASSWORD };
  const json = async (...args: string[]) => {
    const baseline = ['--baseline', server.url('old'), '--format', 'json'];
    const { stdout, stderr, status } = await runVarve([...args, ...baseline], { env });
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  const entries: { readonly commit: string }[] = await json('history', 'shop');
  expect(entries.map(({ commit }) => commit.slice(0, 2))).toEqual(['22', '11']);
  expect(await json('surface', 'verify')).toEqual([]);
  const image = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;
  const pointer = await json('snapshot', image, '--name', 'shop');
  expect(pointer).toMatchObject({ layers: { total: 8, read: 0 }, comparisonDocument: { changed: false } });
  expect(await json('history', 'shop')).toHaveLength(3);
});
