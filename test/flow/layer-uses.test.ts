import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { Pointer } from '../../src/core/run/pointer.ts';
import type { Snapshot, SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';
import { callVarve } from '../support/call-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const store = temporaryFolder()('store');

const call = (...args: readonly string[]) => callVarve(...args, '--baseline', `dir:${store}`);

async function json<T>(...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await call(...args, '--format', 'json');
  expect([args, status, stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout);
}

async function layersOf(image: string, name: string): Promise<SnapshotLayer[]> {
  const { snapshotDigest } = await json<Pointer>('snapshot', `oci:${FIXTURES}/${image}`, '--name', name);
  const { stdout } = await call('surface', 'get', `image.snapshot@${snapshotDigest}`);
  return (JSON.parse(stdout) as Snapshot).layers;
}

const names = async (...args: readonly string[]): Promise<string[]> =>
  (await json<HistoryEntry[]>('history', ...args)).map(({ name }) => name);

let shared: SnapshotLayer;
let own: SnapshotLayer;

beforeAll(async () => {
  const before = await layersOf('app-v1', 'shop/web');
  const after = await layersOf('app-v2', 'shop/api');
  const known = new Set(before.map(({ diffId }) => diffId));
  const [common] = after.filter(({ diffId }) => known.has(diffId));
  const [fresh] = after.filter(({ diffId }) => !known.has(diffId));
  if (common === undefined || fresh === undefined) throw new Error('the fixtures have nothing in common');
  [shared, own] = [common, fresh];
});

describe('which snapshots in a directory have a layer', () => {
  it('is told by diffID and by digest, newest first', async () => {
    for (const layer of [shared.diffId, shared.digest ?? '']) {
      expect(await names('--layer', layer)).toEqual(['shop/api', 'shop/web']);
    }
    expect(await names('--layer', own.diffId)).toEqual(['shop/api']);
  });

  it('may be asked of one name or platform, and of the newest alone', async () => {
    expect(await names('shop/web', '--layer', shared.diffId)).toEqual(['shop/web']);
    expect(await names('--layer', shared.diffId, '--limit', '1')).toEqual(['shop/api']);
    const elsewhere = await call('history', '--layer', shared.diffId, '--platform', 'linux/s390x');
    expect(elsewhere.status).toBe(2);
  });

  it('is a table for people', async () => {
    const { status, stdout } = await call('history', '--layer', own.diffId);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^taken \(UTC\) +name +platform .*\n\d{4}-\d\d-\d\d \d\d:\d\d +shop\/api +linux\//,
    );
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  it.each([
    ['a layer that no snapshot has', ['--layer', `sha256:${'0'.repeat(64)}`], /no snapshot with the layer/],
    ['what is no digest', ['--layer', 'sha256:short'], /"sha256:short" is not a digest/],
  ])('refuses %s', async (_, args, words) => {
    expect(await call('history', ...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(words),
    });
  });
});

it('a baseline that is a store is where commands look, unless a CAS root is named', async () => {
  expect(await names('shop/web')).toEqual(['shop/web']);
  const elsewhere = await call('history', 'shop/web', '--cas-root', join(store, 'absent'));
  expect(elsewhere.status).toBe(2);
});

it('what a baseline keeps is compared from there, and images of elsewhere with it', async () => {
  const root = join(store, '../root');
  const compare = (base: string, target: string) => json<object>('compare', base, target, '--cas-root', root);
  const kept = await compare('history:shop/web', 'history:shop/api');
  expect(kept).toMatchObject({ changed: true });
  expect(await compare('history:shop/web', `oci:${FIXTURES}/app-v2`)).toEqual({
    ...kept,
    references: { base: 'history:shop/web', target: `oci:${FIXTURES}/app-v2` },
  });
  const elsewhere = await callVarve('compare', 'history:shop/web', 'history:shop/api', '--cas-root', root);
  expect(elsewhere).toMatchObject({ status: 2, stderr: expect.stringContaining('no history of shop/web') });
});

it('a server that is named as baseline is not asked where images alone are compared', async () => {
  const image = `oci:${FIXTURES}/app-v1`;
  const away = ['--baseline', 'postgres://nobody@127.0.0.1:1/gone', '--cas-root', join(store, '../root')];
  expect(await callVarve('compare', image, image, ...away)).toMatchObject({ status: 0 });
  expect(await callVarve('compare', 'history:shop', image, ...away)).toMatchObject({ status: 4 });
});
