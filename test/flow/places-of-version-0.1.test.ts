import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CachedEntry, CacheService } from '../support/cache-service.ts';
import { callAction } from '../support/call-action.ts';
import { callVarve } from '../support/call-varve.ts';
import { MemoryRegistry, type RegistryDump } from '../support/memory-registry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const image = (version: 'v1' | 'v2') => `oci:${join(FIXTURES, `app-${version}`)}:shop:${version}`;
const newPath = temporaryFolder();

const read = <T>(name: string): T => JSON.parse(readFileSync(join(FIXTURES, 'v0.1', name), 'utf8'));

describe('what version 0.1 left in a cache', () => {
  async function push(version: 'v1' | 'v2', commit: string) {
    await using service = await CacheService.start();
    for (const entry of read<readonly (Omit<CachedEntry, 'bytes'> & { bytes: string })[]>('cache.json'))
      service.entries.push({ ...entry, bytes: Buffer.from(entry.bytes, 'base64') });
    const workspace = newPath('workspace');
    mkdirSync(workspace);
    return await callAction({
      workspace,
      inputs: { image: image(version), name: 'shop' },
      env: {
        ...service.environment({ scopes: ['refs/heads/main'] }),
        ...{ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main', GITHUB_SHA: commit, GITHUB_RUN_ID: '9' },
      },
      event: { repository: { default_branch: 'main' } },
    });
  }

  it('is the baseline of an image that is the same, and spares reading it', async () => {
    const { status, outputs } = await push('v2', '3'.repeat(40));
    expect({ status, ...outputs }).toMatchObject({
      ...{ status: 0, changed: 'false', 'baseline-found': 'true', 'baseline-saved': 'true' },
      'layers-reused': '8',
    });
  });

  it('is the baseline of another image', async () => {
    const { status, outputs } = await push('v1', '3'.repeat(40));
    expect({ status, ...outputs }).toMatchObject({ status: 0, changed: 'true', 'baseline-found': 'true' });
  });
});

describe('what version 0.1 left in a repository', () => {
  it('is listed, looked up and compared with, and spares reading what is the same', async () => {
    await using registry = await MemoryRegistry.start();
    // The repository by its path: the port is another one each time.
    registry.restore(read<RegistryDump>('registry.json'));
    const baseline = `oci://${registry.host}/acme/base`;
    const store = ['--baseline', baseline, '--cas-root', newPath('store')];
    const listed = await callVarve('history', 'shop', '--baseline', baseline, '--format', 'json');
    const entries: { readonly commit: string; readonly snapshotDigest: string }[] = JSON.parse(listed.stdout);
    expect(entries.map(({ commit }) => commit.slice(0, 2))).toEqual(['22', '11']);

    const same = await callVarve('snapshot', image('v2'), '--name', 'shop', ...store, '--format', 'json');
    const pointer = JSON.parse(same.stdout);
    expect(pointer).toMatchObject({ layers: { total: 8, read: 0 }, comparisonDocument: { changed: false } });
    const [newest] = entries;
    expect(pointer.snapshotDigest).toBe(newest?.snapshotDigest);

    const args = ['compare', 'history:shop~2', image('v2'), ...store, '--format', 'json'];
    const compared = await callVarve(...args);
    expect(JSON.parse(compared.stdout)).toMatchObject({ changed: true });
    expect(await callVarve('surface', 'verify', '--baseline', baseline)).toMatchObject({ status: 0 });
  });
});
