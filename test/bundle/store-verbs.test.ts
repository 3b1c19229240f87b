import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { schemaErrors } from '../support/json-schemas.ts';
import { DIST, OUTSIDE, runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
const V2 = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;
const newPath = temporaryFolder();
const folder = newPath('work');
const recorded = newPath('recorded');

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'events.ndjson'), '{"exec":"/bin/sh"}\n{"exec":"/bin/ls"}\n');
  await writeFile(join(folder, 'graph.json'), '{ "entry": ["/app"] }');
  for (const image of [V1, V2]) await expectDone(recorded, 'snapshot', image, '--name', 'shop');
});

const call = (store: string, ...args: string[]): Promise<VarveOutcome> =>
  runVarve([...args, '--cas-root', store], { cwd: folder });

async function expectDone(store: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await call(store, ...args);
  expect([args, status, stderr]).toEqual([args, 0, '']);
  return stdout;
}

const json = async (store: string, ...args: string[]) =>
  JSON.parse(await expectDone(store, ...args, '--json'));

/** A store with two snapshots of one name, to change at will. */
function copyOfRecorded(): string {
  const store = newPath('store');
  cpSync(recorded, store, { recursive: true });
  return store;
}

/** Lets all that expires have expired. */
function letExpire(store: string): void {
  const kinds = join(store, 'scanner/surface/manifests/tenants/default');
  for (const kind of readdirSync(kinds)) {
    for (const name of readdirSync(join(kinds, kind))) {
      const path = join(kinds, kind, name);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace(/"expiresAt":"[^"]+"/, '"expiresAt":"2020-01-01T00:00:00.000Z"'));
    }
  }
}

const digestOfText = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('surface put', () => {
  it('stores a file, prints what it is called, and does so again without a change', async () => {
    const store = newPath('put');
    const name = `runtime.events@${digestOfText('{"exec":"/bin/sh"}\n{"exec":"/bin/ls"}\n')}`;
    const put = ['surface', 'put', 'events.ndjson', 'runtime.events', '--expires', '30d'];
    expect(await expectDone(store, ...put)).toBe(`${name}\n`);
    const manifest = await json(store, 'surface', 'list');
    expect(schemaErrors('item-manifest', manifest[0])).toEqual([]);
    expect(Date.parse(manifest[0].expiresAt) - Date.parse(manifest[0].createdAt)).toBe(30 * 24 * 3600_000);
    expect(manifest[0].storage.contentType).toBe('application/x-ndjson+zstd');
    expect(await json(store, ...put)).toMatchObject({ tenant: 'default', kind: 'runtime.events' });
    expect(await json(store, 'surface', 'list')).toEqual(manifest);
    expect(await expectDone(store, 'surface', 'get', name)).toBe(
      readFileSync(join(folder, 'events.ndjson'), 'utf8'),
    );
  });

  it('takes the form that is told, and a time', async () => {
    const store = newPath('put');
    const until = '2090-01-01T00:00:00Z';
    await expectDone(
      store,
      'store',
      'add',
      'graph.json',
      'entrytrace.graph',
      '--as',
      'json',
      '--expires',
      until,
    );
    expect(await json(store, 'surface', 'list')).toMatchObject([
      { expiresAt: until, storage: { contentType: 'application/json+zstd' } },
    ]);
  });

  it('takes the manifest of an image, and gives it back only with all that it lists', async () => {
    const store = copyOfRecorded();
    const [image] = readdirSync(join(store, 'scanner/surface/manifests/tenants/default/image.surface'));
    const path = join(store, 'scanner/surface/manifests/tenants/default/image.surface', image ?? '');
    const name = `image.surface@sha256:${image?.slice(0, 64)}`;
    expect(await expectDone(store, 'surface', 'put', path, 'image.surface')).toBe(`${name}\n`);
    const other = newPath('put');
    expect(await expectDone(other, 'surface', 'put', path, 'image.surface')).toBe(`${name}\n`);
    expect((await call(other, 'surface', 'get', name)).stderr).toMatch(
      /^varve: not-in-store: image\.surface sha256:\w+ lists what dir:.* does not have: image\.config@/,
    );
  });

  it.each<[string, string[], RegExp]>([
    [
      'what is not JSON',
      ['events.ndjson', 'x', '--as', 'json'],
      /^varve: malformed: events\.ndjson is not JSON/,
    ],
    ['a line without an end', ['graph.json', 'x', '--as', 'ndjson'], /does not end with a newline/],
    ['an absent file', ['absent', 'x'], /^varve: unreachable: absent cannot be read/],
    ['a wrong kind', ['graph.json', 'X'], /"X" is not a kind/],
    ['a wrong form', ['graph.json', 'x', '--as', 'xml'], /--as: "xml" is not a form.*\n.*json or ndjson/],
    ['a wrong expiry', ['graph.json', 'x', '--expires', 'soon'], /"soon" is neither a time span nor a time/],
    ['another document as manifest', ['graph.json', 'image.surface'], /^varve: malformed: graph\.json/],
  ])('refuses %s, and makes no store', async (_, args, message) => {
    const store = newPath('put');
    const { status, stdout, stderr } = await call(store, 'surface', 'put', ...args);
    expect([status === 0, stdout]).toEqual([false, '']);
    expect(stderr).toMatch(message);
    expect((await call(store, 'surface', 'stats')).stderr).toContain('holds nothing');
  });
});

describe('surface get and list', () => {
  it('give the stored bytes, verified', async () => {
    const [{ digest }] = await json(recorded, 'surface', 'list', '--kind', 'image.config');
    const { stdout } = await call(recorded, 'surface', 'get', digest);
    const line = ['surface', 'get', digest, '--compressed', '--cas-root', recorded];
    const packed = execFileSync(process.execPath, [join(DIST, 'cli.js'), ...line], {
      cwd: folder,
      env: OUTSIDE,
    });
    expect(zstdDecompressSync(packed).toString()).toBe(stdout);
    const both = await call(recorded, 'surface', 'get', digest, '--compressed', '--manifest');
    expect(both).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('a manifest is never compressed'),
    });
  });

  it('list in pages', async () => {
    const all: { kind: string; digest: string }[] = await json(recorded, 'surface', 'list');
    const paged: unknown[] = [];
    for (let after: string[] = []; ; ) {
      const page = await json(recorded, 'surface', 'list', '--limit', '4', ...after);
      if (page.length === 0) break;
      paged.push(...page);
      after = ['--after', `${page.at(-1).kind}@${page.at(-1).digest}`];
    }
    expect(paged).toEqual(all);
    const wrong = await call(recorded, 'surface', 'list', '--after', 'layer.files');
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('is not KIND@DIGEST') });
  });
});

describe('surface delete', () => {
  it('refuses what something names, and deletes all or none', async () => {
    const store = copyOfRecorded();
    await expectDone(store, 'surface', 'put', 'graph.json', 'entrytrace.graph');
    const [snapshot] = await json(store, 'surface', 'list', '--kind', 'image.snapshot');
    const line = ['surface', 'delete', digestOfText('{ "entry": ["/app"] }'), snapshot.digest];
    const refused = await call(store, ...line);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /image\.snapshot sha256:\w+ is needed: image\.surface@sha256:\w+ lists it, the entry of shop from/,
    );
    expect(await json(store, 'surface', 'list', '--kind', 'entrytrace.graph')).toHaveLength(1);
    expect(await json(store, ...line, '--force')).toMatchObject([
      { kind: 'entrytrace.graph' },
      { kind: 'image.snapshot' },
    ]);
    expect((await call(store, ...line, '--force')).stderr).toContain('not-in-store');
    expect((await call(store, 'verify')).status).toBe(3);
  });

  it('finds nothing of another tenant', async () => {
    const [{ kind, digest }] = await json(recorded, 'surface', 'list');
    for (const verb of ['get', 'delete']) {
      const outcome = await call(recorded, 'surface', verb, `${kind}@${digest}`, '--tenant', 'other');
      expect(outcome).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringContaining('not-in-store'),
      });
    }
  });
});

describe('surface gc and stats', () => {
  it('delete nothing unless they are told to, and then what expired and is not needed', async () => {
    const store = copyOfRecorded();
    letExpire(store);
    const before = await json(store, 'surface', 'list');
    expect(await json(store, 'surface', 'gc')).toMatchObject({ deleted: false, items: [] });
    const found = await json(store, 'surface', 'gc', '--keep', '1');
    expect(schemaErrors('garbage', found)).toEqual([]);
    expect(found.items.length).toBeGreaterThan(0);
    expect(await expectDone(store, 'surface', 'gc', '--keep', '1')).toContain(
      'nothing was deleted: --delete does it',
    );
    expect(await json(store, 'surface', 'list')).toEqual(before);
    const stats = await json(store, 'surface', 'stats');
    expect(schemaErrors('stats', stats)).toEqual([]);
    const files = stats.tenants[0].kinds.find(({ kind }: { kind: string }) => kind === 'layer.files');
    expect(files.expired).toBe(files.items);
    expect(await json(store, 'surface', 'gc', '--keep', '1', '--delete')).toEqual({
      ...found,
      deleted: true,
    });
    expect(await json(store, 'surface', 'list')).toHaveLength(before.length - found.items.length);
    expect(await json(store, 'surface', 'gc', '--keep', '1', '--delete')).toMatchObject({ items: [] });
    expect(await json(store, 'verify')).toEqual([]);
  });

  it.each([
    ['--keep', '0', 'not a whole number above 0'],
    ['--grace', 'long', 'not a time span'],
  ])('refuse %s %s', async (option, value, problem) => {
    const outcome = await call(recorded, 'surface', 'gc', option, value);
    expect(outcome).toMatchObject({ status: 2, stderr: expect.stringContaining(problem) });
  });

  it('leave a store that runs still use: what is gone is read again', async () => {
    const store = copyOfRecorded();
    letExpire(store);
    expect((await json(store, 'surface', 'gc', '--keep', '1', '--delete')).items.length).toBeGreaterThan(0);
    // The newest snapshot can be compared with, the one before it is known by its documents alone.
    const again = await json(store, 'snapshot', V1, '--name', 'shop');
    expect(again.layers.read).toBeGreaterThan(0);
    expect(again.layers.reused).toBeGreaterThan(0);
    const untouched = await json(copyOfRecorded(), 'snapshot', V1, '--name', 'shop');
    expect(again.snapshotDigest).toBe(untouched.snapshotDigest);
    expect(again.comparison).toEqual(untouched.comparison);
    expect(await json(store, 'verify')).toEqual([]);
    // What the run used is kept for another while, and for its entry.
    await json(store, 'surface', 'gc', '--keep', '1', '--delete');
    expect((await json(store, 'snapshot', V1, '--name', 'shop')).layers.read).toBe(0);
  });
});
