import { existsSync } from 'node:fs';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/entry/cli/declarations/catalogue.ts';
import { VERSION } from '../../src/entry/version.ts';
import { DIST, runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
const V2 = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;

const folder = temporaryFolder()('bundle');
const dist = join(folder, 'dist');

beforeAll(async () => {
  // Far from any node_modules.
  await cp(DIST, dist, { recursive: true });
});

const varve = (...args: string[]): Promise<VarveOutcome> =>
  runVarve(args, { dist, cwd: folder, env: { XDG_DATA_HOME: folder } });

const json = async (...args: string[]) => JSON.parse((await varve(...args)).stdout);

describe('varve, built and alone', () => {
  it('knows its version', async () => {
    expect(await varve('--version')).toEqual({ status: 0, stdout: `varve ${VERSION}\n`, stderr: '' });
  });

  it('keeps its compiled code in the folder for caches, and needs none', async () => {
    const run = (env: Record<string, string>) =>
      runVarve(['--version'], { dist, cwd: folder, env: { NODE_COMPILE_CACHE: undefined, ...env } });
    const caches = join(folder, 'caches');
    const known = { status: 0, stdout: `varve ${VERSION}\n`, stderr: '' };
    expect(await run({ XDG_CACHE_HOME: caches, NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(known);
    expect(existsSync(caches)).toBe(false);
    expect(await run({ XDG_CACHE_HOME: caches })).toEqual(known);
    expect(await readdir(join(caches, 'varve'))).toEqual(['compiled']);
    expect(await run({ XDG_CACHE_HOME: caches })).toEqual(known);
    expect(await run({ HOME: join(folder, 'no-home') })).toEqual(known);
    expect(existsSync(join(folder, 'no-home'))).toBe(false);
    await writeFile(join(folder, 'no-folder'), '');
    expect(await run({ XDG_CACHE_HOME: join(folder, 'no-folder') })).toEqual(known);
  });

  it.each(COMMANDS.map(({ name }) => name))('explains %s', async (name) => {
    const asked = await varve(...name.split(' '), '--help');
    expect(asked).toMatchObject({ status: 0, stdout: expect.stringContaining('Examples:') });
    expect(await varve('help', ...name.split(' '))).toEqual(asked);
  });

  it('tells what it was not asked rightly, and how to ask', async () => {
    expect(await varve('compare', 'a', 'b', '--frobnicate')).toEqual({
      status: 2,
      stdout: '',
      stderr: `varve: bad-option: there is no option --frobnicate\n  hint: varve compare --help explains it\n`,
    });
    expect((await varve('nope')).stderr).toMatch(
      /^varve: bad-option: there is no command nope\n {2}hint: varve --help lists the commands\n$/,
    );
  });

  it('snapshots and compares, in one process a time and by history', async () => {
    const store = ['--cas-root', join(folder, 'one')];
    const first = await json('snapshot', V1, '--name', 'shop', ...store, '--format', 'json');
    expect(first).toMatchObject({ baseline: null, comparisonDocument: null, layers: { total: 7, read: 7 } });
    const again = await json('snapshot', V1, '--name', 'shop', ...store, '--format', 'json');
    expect(again.layers).toEqual({ total: 7, reused: 7, read: 0, bytesRead: 0 });
    expect(again.snapshotDigest).toBe(first.snapshotDigest);
    expect(again.manifestDigest).toBe(first.manifestDigest);
    await json('snapshot', V2, '--name', 'shop', ...store, '--format', 'json');

    const direct = await json('compare', V1, V2, ...store, '--format', 'json');
    const stored = await json('compare', 'history:shop~1', 'history:shop', ...store, '--format', 'json');
    const references = { base: 'history:shop~1', target: 'history:shop' };
    expect(stored).toEqual({ ...direct, references });
    expect(direct).toMatchObject({
      changed: true,
      summary: { unchanged: 3, rebuilt: 4, added: 1, removed: 0 },
    });
    const history = await json('history', 'shop', ...store, '--format', 'json');
    expect(history).toHaveLength(3);
  });

  it('lists trees, layers and items, and verifies the store', async () => {
    const store = ['--cas-root', join(folder, 'two')];
    const pointer = await json('snapshot', V1, '--name', 'shop', ...store, '--format', 'json');
    const tree = await varve('tree', V1, 'app', ...store, '--format', 'ndjson');
    const paths = tree.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).path);
    expect(paths).toContain('app/src/routes/checkout.sh');
    const layer = await varve('layer', 'ls', V1, '3', ...store);
    expect(layer.stdout).toMatch(/^-rw.* app\/src\/routes\/checkout\.sh$/m);
    for (const { uri, digest, kind } of pointer.manifest.artifacts) {
      const [byUri, byKey] = [
        await varve('surface', 'get', uri, ...store),
        await varve('surface', 'get', `${kind}@${digest}`, ...store),
      ];
      expect(byUri).toMatchObject({ status: 0, stderr: '' });
      expect(byKey.stdout).toBe(byUri.stdout);
    }
    const list = await varve('surface', 'list', ...store);
    expect(list.stdout.match(/image\.snapshot@/g)).toHaveLength(1);
    expect(await varve('surface', 'verify', ...store)).toMatchObject({ status: 0, stderr: '' });
  });

  it('exits as documented', async () => {
    const statuses = async (...args: string[]) => (await varve(...args)).status;
    expect(await statuses('compare', V1, V1, '--exit-code')).toBe(0);
    expect(await statuses('compare', V1, V2)).toBe(0);
    expect(await statuses('compare', V1, V2, '--exit-code')).toBe(1);
    expect(await statuses('snapshot', './nothing')).toBe(2);
    expect(await statuses('snapshot', V1, '--name', 'x', '--platform', 'linux/s390x')).toBe(2);
    expect(await statuses('layer', 'ls', V1, '99')).toBe(2);
    expect(await statuses('tree')).toBe(2);
    expect(await statuses('no-such-command')).toBe(2);
    expect(await statuses('snapshot', V1, '--no-such-option')).toBe(2);
    expect(await statuses('surface', 'get', `image.snapshot@sha256:${'0'.repeat(64)}`)).toBe(2);
    expect(await statuses('snapshot', `oci:${join(FIXTURES, 'forms/padded')}`, '--name', 'x')).toBe(3);
    expect(
      await statuses(
        'snapshot',
        V1,
        '--name',
        'x',
        '--max-layer-entries',
        '3',
        '--cas-root',
        join(folder, 'new'),
      ),
    ).toBe(3);
    expect(await statuses('snapshot', V1, '--name', 'x', '--cas-root', '/proc/nowhere')).toBe(4);
  });

  it('never shows a stack, and speaks of errors on stderr alone', async () => {
    for (const args of [
      ['snapshot', './nothing'],
      ['tree', V1, 'no/such/path'],
      ['history', 'nobody'],
    ]) {
      const { stdout, stderr } = await varve(...args);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^varve: [a-z-]+: /);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });
});
