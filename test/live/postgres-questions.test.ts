import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../src/base/digest.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { Store } from '../../src/core/store/store.ts';
import { openPostgresStore } from '../support/open-postgres-store.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitOf, fillHistory, NAMES, nameOf, SNAPSHOTS } from './support/postgres-history.ts';
import { PASSWORD, type PostgresServer, startPostgres } from './support/postgres-server.ts';

/** File that takes the plans, for docs/reference/postgres.md; they are not kept without it. */
const PLANS = process.env.VARVE_TEST_PLANS;

const newPath = temporaryFolder();

const opened = new AsyncDisposableStack();
let server: PostgresServer;
let store: Store & AsyncDisposable;

beforeAll(async () => {
  server = await startPostgres(newPath('postgres'), [
    'fsync = off',
    'shared_buffers = 512MB',
    'max_wal_size = 4GB',
  ]);
  opened.defer(() => server.stop());
  await server.sql('postgres', `CREATE ROLE owner LOGIN PASSWORD '${PASSWORD}'`);
  await server.sql('postgres', 'CREATE DATABASE questions OWNER owner');
  await (await openPostgresStore(server.url('questions', 'owner')))[Symbol.asyncDispose]();
  await fillHistory(server, 'questions');
  // The server explains every statement that it is sent, as it ran.
  for (const setting of [
    'session_preload_libraries = auto_explain',
    'auto_explain.log_min_duration = 0',
    'auto_explain.log_analyze = on',
    'auto_explain.log_timing = off',
  ]) {
    await server.sql('questions', `ALTER ROLE owner SET ${setting}`);
  }
  store = opened.use(await openPostgresStore(server.url('questions', 'owner')));
});

afterAll(() => opened.disposeAsync());

async function take(entries: AsyncIterable<HistoryEntry> | undefined, count: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scanId } of entries ?? []) if (ids.push(scanId) === count) break;
  return ids;
}

const query = { tenant: 'acme', name: nameOf(0) };
const layer = (text: string) => ({ tenant: 'acme', diffId: digestOf(`layer ${text}`) });
const scans = (...numbers: readonly number[]): string[] => numbers.map((number) => `scan-${number}`);
const platform = { os: 'linux', architecture: 'amd64' };

it.each<[string, () => Promise<unknown>, unknown]>([
  [
    'The newest snapshots of a name',
    () => take(store.history.list({ ...query, platform }), 3),
    scans(SNAPSHOTS, SNAPSHOTS - NAMES, SNAPSHOTS - 2 * NAMES),
  ],
  [
    'A page in the midst of a history',
    async () => {
      const [after] = await Array.fromAsync(store.history.list({ ...query, commits: [commitOf(50_000)] }));
      return take(store.history.list({ ...query, ...(after && { after }) }), 2);
    },
    scans(50_000 - NAMES, 50_000 - 2 * NAMES),
  ],
  [
    'Snapshots of any of a hundred commits',
    () => {
      const commits = Array.from({ length: 100 }, (_, index) => commitOf(60_000 - index));
      return take(store.history.list({ ...query, platform, commits }), 9);
    },
    scans(60_000),
  ],
  [
    'The newest snapshot of a branch',
    () => take(store.history.list({ ...query, platform, branch: 'main' }), 1),
    scans(SNAPSHOTS),
  ],
  [
    'Images with a layer that one snapshot has',
    () => take(store.layerIndex?.entriesWithLayer(layer('own 3 777')), 9),
    scans(777),
  ],
  [
    'Images with a layer that a twentieth has',
    () => take(store.layerIndex?.entriesWithLayer(layer('twentieth 0')), 2),
    scans(SNAPSHOTS, SNAPSHOTS - 20),
  ],
  [
    'Images with a layer that all have',
    () => take(store.layerIndex?.entriesWithLayer(layer('all')), 2),
    scans(SNAPSHOTS, SNAPSHOTS - 1),
  ],
  [
    'Images with a layer that only the oldest twentieth has',
    () => take(store.layerIndex?.entriesWithLayer(layer('old')), 2),
    scans(5000, 4999),
  ],
  ['Images with a layer that none has', () => take(store.layerIndex?.entriesWithLayer(layer('none')), 2), []],
  [
    'The diffID of a blob',
    () => store.layers.findDiffId('acme', digestOf('blob own 1 4711')),
    digestOf('layer own 1 4711'),
  ],
  [
    'What is known of a layer',
    () => store.layers.findLayer('acme', digestOf('layer own 1 4711')),
    { diffId: digestOf('layer own 1 4711'), uncompressedSize: 1, fragments: [] },
  ],
  ['Names', async () => (await store.history.names('acme')).length, NAMES],
])('%s: by index, among 100,000 snapshots', async (question, ask, answer) => {
  await ask();
  const plans = await expectByIndex(ask, answer);
  if (PLANS !== undefined)
    writeFileSync(PLANS, `### ${question}\n\n\`\`\`\n${plans.at(-1)}\n\`\`\`\n\n`, { flag: 'a' });
});

describe('the built program, among 100,000 snapshots', () => {
  const image = join(import.meta.dirname, '../../__fixtures__/app-v1');
  const ask = async (...args: readonly string[]): Promise<readonly HistoryEntry[]> => {
    const place = ['--baseline', server.url('questions', 'owner'), '--tenant', 'acme'];
    const { stdout, stderr } = await runVarve([...args, ...place, '--format', 'json']);
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  };

  it('lists the newest of a name by index', async () => {
    const newest = async () => (await ask('history', nameOf(0), '--limit', '2')).map(({ scanId }) => scanId);
    await expectByIndex(newest, scans(SNAPSHOTS, SNAPSHOTS - NAMES));
  });

  it('finds by index which images have a layer', async () => {
    await ask('snapshot', `oci:${image}:shop:v1`, '--name', 'shop/real');
    const [layer = ''] = layerDigests(image);
    const users = async () => (await ask('history', '--layer', layer)).map(({ name }) => name);
    await expectByIndex(users, ['shop/real']);
  });
});

/** The digests of the layers of an image layout with one image. */
function layerDigests(layout: string): string[] {
  const read = (path: string) => JSON.parse(readFileSync(join(layout, path), 'utf8'));
  const [{ digest }] = read('index.json').manifests;
  return read(`blobs/sha256/${hexOf(digest)}`).layers.map((layer: { digest: string }) => layer.digest);
}

/** Has a question answered; gives the plans of its statements, none of which may read a whole table. */
async function expectByIndex(ask: () => Promise<unknown>, answer: unknown): Promise<string[]> {
  const before = readFileSync(server.log).length;
  expect(await ask()).toEqual(answer);
  const plans = plansIn(readFileSync(server.log).subarray(before).toString());
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) {
    expect(plan).toMatch(/Index/);
    expect(plan).not.toMatch(/Seq Scan/);
  }
  return plans;
}

/** Tables that are so small here that no index would be used. */
const FEW_ROWS = /Seq Scan on (migrations|artefacts)\b/;

/** The plans of statements that read tables, out of the log of a server, without what makes them long. */
function plansIn(log: string): string[] {
  const plans = log.split(/^.*LOG: +(?=duration: [\d.]+ ms +plan:)/m).slice(1);
  return plans
    .map((plan) => plan.split(/^\d{4}-/m)[0] ?? '')
    .filter((plan) => plan.includes('varve.') && !FEW_ROWS.test(plan))
    .map((plan) => {
      const [duration = '', ...rest] = plan.trim().split('\n');
      const start = rest.findIndex((line) => line.includes('(cost='));
      const query = rest.slice(0, start).join(' ').replaceAll(/\s+/g, ' ').trim();
      const lines = [
        query
          .replace(/^Query Text: SELECT .*? FROM varve/, 'SELECT … FROM varve')
          .replace(/^Query Text: /, ''),
        ...rest.slice(start).map((line) => line.replace('\t', '')),
        duration.replace(/ +plan:/, ''),
      ];
      return lines
        .map((line) => line.replaceAll(/[0-9a-f]{64}/g, '…').replace(/(\{commit-\d+,).*\}/, '$1…}'))
        .join('\n');
    });
}
