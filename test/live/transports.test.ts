import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pointer } from '../../src/core/run/pointer.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { DIST } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { debianImage } from './support/debian-image.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { type RunOptions, run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const newPath = temporaryFolder();

interface Taken {
  readonly pointer: Pointer;
  readonly snapshot: Snapshot;
}

/** Where and how a snapshot is taken: nothing of it may matter. */
interface Circumstances extends RunOptions {
  readonly name?: string;
  /** A program with arguments that runs Node. */
  readonly through?: readonly string[];
}

async function take(
  image: string,
  { name = 'shop', through = [], ...options }: Circumstances = {},
): Promise<Taken> {
  const store = ['--cas-root', newPath('store')];
  const [program = '', ...prefix] = [...through, process.execPath, join(DIST, 'cli.js')];
  const varve = (...args: string[]) => run(program, [...prefix, ...args, ...store], options);
  const pointer: Pointer = JSON.parse(await varve('snapshot', image, '--name', name, '--format', 'json'));
  const snapshot = await varve('surface', 'get', `image.snapshot@${pointer.snapshotDigest}`);
  return { pointer, snapshot: JSON.parse(snapshot) };
}

const fragments = ({ snapshot }: Taken) =>
  snapshot.layers.map(({ diffId, uncompressedSize, fragments }) => ({ diffId, uncompressedSize, fragments }));

const images: readonly (readonly [string, () => Promise<string>, readonly string[]])[] = [
  ['app-v1', async () => `${join(FIXTURES, 'app-v1')}:shop:v1`, ['none', 'gzip', 'zstd']],
  ['a Debian image', async () => `${await debianImage()}:debian`, ['none', 'zstd']],
];

describe.each(images)('%s gives the same fragments', (_, locate, compressions) => {
  let image: string;
  let taken: Taken;
  let archive: string;

  beforeAll(async () => {
    await ensurePackages('zstd');
    image = `oci:${await locate()}`;
    taken = await take(image);
    archive = newPath('archive.tar');
    await skopeoCopy(image, `docker-archive:${archive}:localhost/shop:1`);
  });

  it('from a layout with zstd layers', async () => {
    const layout = newPath('zstd');
    await skopeoCopy(image, `oci:${layout}:x`, '--dest-compress', '--dest-compress-format', 'zstd');
    const other = await take(`oci:${layout}:x`);
    expect(other.snapshot.layers.every(({ mediaType }) => mediaType?.endsWith('+zstd'))).toBe(true);
    expect(fragments(other)).toEqual(fragments(taken));
  });

  it('from a layout with uncompressed layers', async () => {
    const layout = newPath('plain');
    const options = ['--dest-oci-accept-uncompressed-layers'];
    await skopeoCopy(`docker-archive:${archive}`, `oci:${layout}:x`, ...options);
    const other = await take(`oci:${layout}:x`);
    expect(other.snapshot.layers.every(({ digest, diffId }) => digest === diffId)).toBe(true);
    expect(fragments(other)).toEqual(fragments(taken));
  });

  it('from an OCI archive, whose manifest is the same: so is the whole snapshot', async () => {
    const file = newPath('oci.tar');
    await skopeoCopy(image, `oci-archive:${file}:x`);
    const other = await take(`oci-archive:${file}:x`);
    expect(other.snapshot).toEqual(taken.snapshot);
    expect(other.pointer.snapshotDigest).toBe(taken.pointer.snapshotDigest);
    expect(other.pointer.manifestDigest).toBe(taken.pointer.manifestDigest);
  });

  it.each(compressions)('from a docker-archive, compression %s', async (compression) => {
    const file = newPath('saved');
    if (compression === 'none') cpSync(archive, file);
    else await run(compression, ['-1', '-c'], { stdin: archive, stdout: file });
    const other = await take(`docker-archive:${file}`);
    expect(other.snapshot.manifest).toBe(null);
    expect(other.snapshot.layers.every(({ digest, size }) => digest === null && size === null)).toBe(true);
    expect(fragments(other)).toEqual(fragments(taken));
  });
});

it('app-v1 gives the same fragments from a Docker schema 2 manifest', async () => {
  const image = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
  const folder = newPath('dir');
  await skopeoCopy(image, `dir:${folder}`, '--format', 'v2s2');
  const archive = newPath('schema2');
  await skopeoCopy(`dir:${folder}`, `oci-archive:${archive}:x`, '--preserve-digests');
  const other = await take(`oci-archive:${archive}:x`);
  expect(other.snapshot.manifest?.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
  expect(fragments(other)).toEqual(fragments(await take(image)));
});

describe('one manifest gives one snapshot and one surface manifest', () => {
  const image = join(FIXTURES, 'app-v2');
  const digests = ({ pointer }: Taken) => [pointer.snapshotDigest, pointer.manifestDigest];
  let expected: string[];

  beforeAll(async () => {
    await ensurePackages('faketime', 'locales-all');
    expected = digests(await take(`oci:${image}:shop:v2`));
  });

  it.each<[string, Circumstances]>([
    ['under another name', { name: 'another/name' }],
    ['on another day', { through: ['faketime', '2031-02-03 04:05:06'] }],
    ['in another time zone', { env: { TZ: 'Asia/Kolkata' } }],
    ['in another language', { env: { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } }],
    ['in another folder', { cwd: '/' }],
    ['on one processor', { through: ['taskset', '--cpu-list', '0'] }],
    ['with the public inflate of Node', { env: { VARVE_INFLATE: 'public' } }],
    ['in a workflow', { env: { GITHUB_ACTIONS: 'true', GITHUB_SHA: 'c'.repeat(40), GITHUB_RUN_ID: '7' } }],
  ])('%s', async (_, circumstances) => {
    expect(digests(await take(`oci:${image}:shop:v2`, circumstances))).toEqual(expected);
  });

  it('from another place, by another path', async () => {
    const copy = newPath('copy');
    cpSync(image, copy, { recursive: true });
    expect(digests(await take(`oci:${copy}`))).toEqual(expected);
    mkdirSync(newPath('links'));
    const link = newPath('link');
    symlinkSync(copy, link);
    expect(digests(await take(link))).toEqual(expected);
  });

  it('when other images were read before', async () => {
    const store = newPath('used-store');
    const varve = (...args: string[]) =>
      run(process.execPath, [join(DIST, 'cli.js'), ...args, '--cas-root', store, '--format', 'json']);
    await varve('snapshot', join(FIXTURES, 'app-v1'), '--name', 'shop');
    const pointer: Pointer = JSON.parse(
      await varve('snapshot', image, '--name', 'shop', '--baseline', `dir:${store}`),
    );
    expect(pointer.layers.reused).toBeGreaterThan(0);
    expect(pointer.comparison).not.toBe(null);
    expect([pointer.snapshotDigest, pointer.manifestDigest]).toEqual(expected);
  });

  it.each([
    'oci-archive:skopeo.oci.tar',
    'docker-archive:engine-28-containerd.tar',
    'oci-archive:engine-28-containerd.tar',
  ])('kept in %s as in a layout', async (reference) => {
    const inFixtures = (text: string) => text.replace(':', `:${join(FIXTURES, 'forms')}/`);
    const [layout, other] = [await take(inFixtures('oci:gzip')), await take(inFixtures(reference))];
    expect(digests(other)).toEqual(digests(layout));
  });
});
