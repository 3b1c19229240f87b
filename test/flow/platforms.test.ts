import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CompareOutputsSchema } from '../../src/core/comparison/compare-output.ts';
import { ComparisonsSchema } from '../../src/core/comparison/comparisons.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import { parsePointer } from '../../src/core/run/pointer.ts';
import { parsePointers } from '../../src/core/run/pointers.ts';
import { type SnapshotOutputs, SnapshotOutputsSchema } from '../../src/core/run/snapshot-output.ts';
import { formatPlatform } from '../../src/core/words/platform.ts';
import { callVarve } from '../support/call-varve.ts';
import { blobName } from '../support/image-forms.ts';
import {
  layerOf,
  type MadeImage,
  type MadeLayer,
  makeAttestation,
  makeIndex,
  makeLayer,
} from '../support/image-maker.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { AMD64, ARM64, imageFor, S390X, writeIndexed } from '../support/platform-images.ts';
import { tarEntry, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();

const shared = await makeLayer({ 'usr/share/doc/app': 'the same on every platform' });
const baseOf = (architecture: string) => makeLayer({ 'bin/sh': `shell for ${architecture}` });
const amdBase = await baseOf('amd64');
const armBase = await baseOf('arm64');
const app = (version: string) => makeLayer({ 'app/main': `version ${version}` });
const [one, two] = [await app('1'), await app('2')];

const amdOne = imageFor(AMD64, [amdBase, shared, one]);
const armOne = imageFor(ARM64, [armBase, shared, one]);
const amdTwo = imageFor(AMD64, [amdBase, shared, two]);
const armTwo = imageFor(ARM64, [armBase, shared, two]);
const s390x = imageFor(S390X, [await baseOf('s390x'), shared, one]);

/** An image somewhere, and a store for a series of runs. */
function series() {
  const store = place('store');
  const write = (...images: MadeImage[]): string => writeIndexed(place('image'), images);
  const run = (image: string, ...args: readonly string[]) =>
    callVarve(
      'snapshot',
      image,
      '--name',
      'shop',
      '--baseline',
      `dir:${store}`,
      '--platform',
      'all',
      ...args,
    );
  const json = async (image: string, ...args: readonly string[]): Promise<SnapshotOutputs> => {
    const { status, stdout, stderr } = await run(image, '--format', 'json', ...args);
    expect([status, stderr]).toEqual([0, '']);
    return v.parse(SnapshotOutputsSchema, JSON.parse(stdout));
  };
  return { store, write, run, json };
}

const namesOf = ({ platforms }: SnapshotOutputs): string[] =>
  platforms.map(({ image }) => formatPlatform(image.platform));

describe('a run for all platforms', () => {
  it('gives a pointer, a surface manifest and a history entry for each, and reads what they share once', async () => {
    const { store, write, json } = series();
    const files = place('out');
    const [pointerPath, surfacePath] = [join(files, 'pointer.json'), join(files, 'surface.json')];
    const outputs = await json(
      write(amdOne, armOne),
      ...['--pointer-path', pointerPath, '--surface-manifest-output', surfacePath],
    );
    expect(namesOf(outputs)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(outputs.platforms.map(({ layers }) => [layers.total, layers.read, layers.reused])).toEqual([
      [3, 3, 0],
      [3, 1, 2],
    ]);
    const pointers = parsePointers(readFileSync(pointerPath), pointerPath);
    expect(pointers.platforms).toEqual(outputs.platforms.map(({ comparisonDocument: _, ...rest }) => rest));
    for (const { manifestDigest, image } of pointers.platforms) {
      const path = join(files, `surface.${formatPlatform(image.platform).replace('/', '-')}.json`);
      const { stdout } = await callVarve('surface', 'get', manifestUri(manifestDigest), '--cas-root', store);
      expect(readFileSync(path, 'utf8')).toBe(stdout.trim());
    }
    const history = await callVarve(
      'history',
      'shop',
      '--platform',
      'all',
      '--format',
      'json',
      '--cas-root',
      store,
    );
    const entries: HistoryEntry[] = JSON.parse(history.stdout);
    expect(entries.map(({ platform }) => formatPlatform(platform)).sort()).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    expect(new Set(entries.map(({ time }) => time)).size).toBe(1);
  });

  it('compares each platform with its own baseline, in one report', async () => {
    const { write, run, json } = series();
    await run(write(amdOne, armOne));
    const outputs = await json(write(amdTwo, armOne));
    expect(outputs.platforms.map(({ comparisonDocument }) => comparisonDocument?.changed)).toEqual([
      true,
      false,
    ]);
    expect(outputs).toMatchObject({ gonePlatforms: [], absentPlatforms: [], failures: [] });

    const comparisonPath = place('comparison.json');
    const { stdout } = await run(
      write(amdTwo, armTwo),
      '--format',
      'markdown',
      '--comparison-path',
      comparisonPath,
    );
    expect(stdout).toContain('2 platforms: `linux/arm64` changed, `linux/amd64` unchanged');
    const comparisons = v.parse(ComparisonsSchema, JSON.parse(readFileSync(comparisonPath, 'utf8')));
    expect(comparisons.platforms.map(({ target }) => target.platform)).toEqual([AMD64, ARM64]);
    expect(comparisons.changed).toBe(true);
  });

  it('folds what did not change, and does not repeat what changed alike', async () => {
    const { write, run } = series();
    await run(write(amdOne, armOne));
    const quiet = await run(write(amdOne, armOne), '--format', 'markdown');
    expect(quiet.stdout).toContain('2 platforms: all unchanged');
    expect(quiet.stdout.match(/<summary>✅/g)).toHaveLength(2);
    const alike = await run(write(amdTwo, armTwo), '--format', 'markdown');
    expect(alike.stdout.match(/app\/main/g)).toHaveLength(1);
    expect(alike.stdout).toMatch(/^The same as for `linux\/amd64`\.$/m);
  });

  it('says which platform is new, and which is gone', async () => {
    const { write, run } = series();
    await run(write(amdOne, armOne));
    const changed = await run(
      write(amdOne, s390x),
      '--format',
      'json',
      '--no-save',
      '--cas-root',
      place('other'),
    );
    expect(changed.stderr).toBe('varve: linux/arm64 is gone: the baseline has it, this image does not\n');
    const outputs: SnapshotOutputs = JSON.parse((await run(write(amdOne, s390x), '--format', 'json')).stdout);
    expect(outputs.gonePlatforms).toEqual([ARM64]);
    expect(outputs.platforms.map(({ baseline }) => baseline?.found ?? null)).toEqual(['newest', null]);
    const lonely = await run(write(amdOne), '--format', 'json');
    expect(lonely.stderr).toContain('linux/s390x is gone');
    expect(JSON.parse(lonely.stdout)).toMatchObject({
      ...{ schema: 'varve.pointers@1', gonePlatforms: [S390X] },
      platforms: [{ comparisonDocument: { changed: false } }],
    });
    const alone = await run(write(amdOne), '--format', 'json');
    expect(JSON.parse(alone.stdout).schema).toBe('varve.pointer@1');
    const back = await run(write(amdOne, armOne, s390x), '--format', 'text');
    // The history of arm64 is older, and still there.
    expect(back.stdout).toContain('3 platforms: all unchanged');
  });

  it('is one of a single platform where there is but one', async () => {
    const { write, run } = series();
    const { stdout } = await run(write(amdOne), '--format', 'json');
    const { comparisonDocument, ...pointer } = JSON.parse(stdout);
    expect(comparisonDocument).toBeNull();
    expect(parsePointer(Buffer.from(JSON.stringify(pointer)), 'stdout').image.platform).toEqual(AMD64);
    const text = await run(write(amdOne));
    expect(text.stdout.split('\n')[0]).toMatch(/^✓ no change: shop linux\/amd64, /);
    expect(text.stdout).not.toContain('1 platform');
  });

  it('leaves attestations to the platforms that they speak of', async () => {
    const { json } = series();
    const { descriptor } = makeAttestation(armOne.digest);
    const image = writeIndexed(place('image'), [amdOne, armOne], [descriptor]);
    const outputs = await json(image);
    expect(namesOf(outputs)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(outputs.platforms.map(({ attachments }) => attachments.map(({ subject }) => subject))).toEqual([
      [],
      [armOne.digest],
    ]);
  });

  it('says which platforms an archive has not', async () => {
    const { store } = series();
    const path = place('image');
    const image = writeIndexed(path, [amdOne, armOne, s390x]);
    for (const { digest } of [armOne, armOne.config]) dropBlob(path, digest);
    const { stdout, stderr, status } = await callVarve(
      ...['snapshot', image, '--name', 'x', '--cas-root', store, '--platform', 'all', '--format', 'json'],
    );
    expect(status).toBe(0);
    expect(stderr).toContain('the index names 1 platform whose images are not here: linux/arm64');
    const said: SnapshotOutputs = JSON.parse(stdout);
    expect([namesOf(said), said.absentPlatforms]).toEqual([['linux/amd64', 'linux/s390x'], [ARM64]]);
  });

  it('tells variants apart, also where configs do not', async () => {
    const { write, json } = series();
    const arm = (variant: string, text: string, config = {}) =>
      makeLayer({ [text]: variant }).then((layer) =>
        imageFor({ os: 'linux', architecture: 'arm', variant }, [layer], { config }),
      );
    const told = await json(write(await arm('v6', 'a'), await arm('v7', 'a')));
    expect(namesOf(told)).toEqual(['linux/arm/v6', 'linux/arm/v7']);
    const silent = { variant: undefined };
    const listed = await json(write(await arm('v6', 'b', silent), await arm('v7', 'b', silent)));
    expect(namesOf(listed)).toEqual(['linux/arm/v6', 'linux/arm/v7']);
    expect(listed.platforms.map(({ baseline }) => baseline?.snapshotDigest)).toEqual(
      told.platforms.map(({ snapshotDigest }) => snapshotDigest),
    );
  });

  it('inventories Windows next to Linux, and says that it is not merged', async () => {
    const { write, run } = series();
    const windows = imageFor({ os: 'windows', architecture: 'amd64' }, [await makeLayer({ 'Files/a': '1' })]);
    await run(write(amdOne, windows));
    const { stdout } = await run(write(amdOne, windows));
    expect(stdout).toContain('2 platforms: all unchanged');
    expect(stdout).toContain('Windows images are listed but not merged');
  });
});

const manifestUri = (digest: string): string => `image.surface@${digest}`;

function dropBlob(path: string, digest: MadeImage['digest']): void {
  rmSync(join(path, blobName(digest)));
}

function damageBlob(path: string, digest: MadeImage['digest']): void {
  const file = join(path, blobName(digest));
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

describe('a platform that fails', () => {
  it('fails the run under its name, and what the others gave is kept', async () => {
    const { store, run } = series();
    const path = place('image');
    const image = writeIndexed(path, [amdOne, armOne, s390x]);
    damageBlob(path, armBase.digest);
    const pointerPath = place('pointer.json');
    const { status, stdout, stderr } = await run(image, '--pointer-path', pointerPath);
    expect(status).toBe(3);
    expect(stderr).toContain(`linux/arm64: layer 0 (${armBase.digest})`);
    expect(stderr).not.toContain('linux/amd64:');
    expect(stdout).toContain('linux/arm64 failed');
    const { platforms, failures } = parsePointers(readFileSync(pointerPath), pointerPath);
    expect(platforms.map(({ image: { platform } }) => platform)).toEqual([AMD64, S390X]);
    expect(failures).toMatchObject([{ platform: ARM64, code: 'digest-mismatch' }]);
    const history = await callVarve('history', 'shop', '--format', 'json', '--cas-root', store);
    expect(JSON.parse(history.stdout)).toHaveLength(2);
    expect((await callVarve('surface', 'verify', '--cas-root', store)).status).toBe(0);
  });

  it.each([
    ['manifest', armOne.digest],
    ['config', armOne.config.digest],
  ])('does so whether its %s or a layer is damaged', async (_, digest) => {
    const { run } = series();
    const path = place('image');
    const image = writeIndexed(path, [amdOne, armOne]);
    damageBlob(path, digest);
    const { status, stderr } = await run(image);
    expect([status, stderr]).toEqual([3, expect.stringContaining(digest)]);
  });

  it.each([
    ['first', true],
    ['last', false],
  ])(
    'is alone in it when its config lies of a layer that others have too, and it is read %s',
    async (_, first) => {
      const { run } = series();
      const liar = imageFor(ARM64, [armBase, { ...shared, diffId: one.diffId }, one]);
      const image = writeIndexed(place('image'), first ? [liar, amdOne] : [amdOne, liar]);
      const { status, stdout, stderr } = await run(image);
      expect([status, stderr]).toEqual([3, expect.stringContaining('linux/arm64: layer 1')]);
      expect(stdout).toContain('2 platforms: linux/amd64 recorded for the first time, linux/arm64 failed');
    },
  );

  it('is alone in it when a layer of its own is not there', async () => {
    const { run } = series();
    const path = place('image');
    const image = writeIndexed(path, [amdOne, armOne]);
    dropBlob(path, armBase.digest);
    const { status, stdout, stderr } = await run(image);
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining(`linux/arm64: layer 0 (${armBase.digest})`),
    ]);
    expect(stdout).toContain('linux/amd64 recorded for the first time, linux/arm64 failed');
  });

  it('leaves the others to the threads that read with it', async () => {
    const { run } = series();
    const path = place('image');
    const large = (): MadeLayer =>
      layerOf(tarOf(tarEntry({ name: 'noise', size: 9_000_000 }, randomBytes(9_000_000))), 'none');
    const [good, bad, other] = [large(), large(), large()];
    const images = [imageFor(AMD64, [good]), imageFor(ARM64, [bad]), imageFor(S390X, [other])];
    const image = writeIndexed(path, images);
    damageBlob(path, bad.digest);
    const { status, stdout, stderr } = await run(image, '--format', 'json');
    expect([status, stderr]).toEqual([3, expect.stringContaining('linux/arm64: layer 0')]);
    expect(namesOf(JSON.parse(stdout))).toEqual(['linux/amd64', 'linux/s390x']);
  });

  it('fails all that share the damage', async () => {
    const { run } = series();
    const path = place('image');
    const image = writeIndexed(path, [amdOne, armOne]);
    damageBlob(path, shared.digest);
    const { status, stdout, stderr } = await run(image);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('linux/amd64: layer 1');
  });

  it('does not become a platform that is gone', async () => {
    const { write, run } = series();
    await run(write(amdOne, armOne));
    const path = place('image');
    const image = writeIndexed(path, [amdOne, armTwo]);
    damageBlob(path, two.digest);
    const { stdout } = await run(image);
    expect(stdout).toContain('2 platforms: linux/amd64 unchanged, linux/arm64 failed');
    expect(stdout).not.toContain('gone');
  });
});

describe('a registry', () => {
  it('gives a layer that platforms share once, and nothing of images that are known', async () => {
    await using registry = await MemoryRegistry.start();
    const index = makeIndex([amdOne.descriptor, armOne.descriptor]);
    const blobs = [amdOne, armOne].flatMap((image) => image.blobs);
    registry.put('v1', [amdOne, armOne, index], blobs);
    const reads = (): number => registry.blobReads().length;
    const { run } = series();
    const image = `docker://${registry.host}/shop:v1`;
    expect((await run(image)).status).toBe(0);
    const distinct = new Set(
      [amdOne, armOne].flatMap(({ config, layers }) => [config, ...layers].map(({ digest }) => digest)),
    );
    expect(reads()).toBe(distinct.size);
    const { stdout } = await run(image);
    expect(stdout).toContain('2 platforms: all unchanged');
    expect(reads()).toBe(distinct.size);
  });
});

describe('hostile indexes', () => {
  it('of a hundred platforms give a comment that fits', async () => {
    const { run } = series();
    const layer = layerOf(one.tar);
    const images = Array.from({ length: 100 }, (_, index) =>
      imageFor({ os: 'linux', architecture: `cpu${index}` }, [layer]),
    );
    const image = writeIndexed(place('image'), images);
    const { status, stdout } = await run(image, '--format', 'markdown');
    expect(status).toBe(0);
    expect(Buffer.byteLength(stdout)).toBeLessThan(60_000);
    expect(stdout).toContain('100 platforms: all recorded for the first time');
    expect(stdout).toContain('and 70 more platforms');
  });

  it('that name a platform or a manifest twice count it once', async () => {
    const { json } = series();
    const other = imageFor(AMD64, [two]);
    const image = writeIndexed(place('image'), [amdOne, other, armOne], [armOne.descriptor]);
    const outputs = await json(image);
    expect(namesOf(outputs)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(outputs.platforms[0]?.findings).toMatchObject([{ code: 'platform-twice' }]);
  });
});

describe('comparing all platforms', () => {
  const store = place('compare-store');
  const compare = (...args: readonly string[]) => callVarve('compare', ...args, '--cas-root', store);
  const before = writeIndexed(place('before'), [amdOne, armOne]);
  const after = writeIndexed(place('after'), [amdTwo, armOne, s390x]);

  it('pairs like with like, and says what only one side has', async () => {
    const { status, stdout } = await compare(
      before,
      after,
      '--platform',
      'all',
      '--format',
      'json',
      '--exit-code',
    );
    expect(status).toBe(1);
    const comparisons = v.parse(CompareOutputsSchema, JSON.parse(stdout));
    expect(comparisons.platforms.map(({ changed }) => changed)).toEqual([true, false]);
    expect(comparisons).toMatchObject({ newPlatforms: [S390X], gonePlatforms: [], changed: true });
    const gone = await compare(after, before, '--platform', 'all');
    expect(gone.stdout).toContain('linux/s390x gone');
  });

  it('exits with 0 when nothing differs', async () => {
    const { status, stdout } = await compare(before, before, '--platform', 'all', '--exit-code');
    expect([status, stdout]).toEqual([0, expect.stringContaining('2 platforms: all unchanged')]);
  });

  it('is a plain comparison where each side has one platform', async () => {
    const [left, right] = [amdOne, amdTwo].map((image) => writeIndexed(place('single'), [image]));
    const all = await compare(left ?? '', right ?? '', '--platform', 'all', '--format', 'json');
    const plain = await compare(left ?? '', right ?? '', '--format', 'json');
    expect(all.stdout).toBe(plain.stdout);
  });

  it('needs a platform in common', async () => {
    const lonely = writeIndexed(place('lonely'), [s390x]);
    const { status, stderr } = await compare(before, lonely, '--platform', 'all');
    expect([status, stderr]).toEqual([2, expect.stringContaining('no platform is on both sides')]);
  });

  it('follows the history of each', async () => {
    const { store: own, write, run } = series();
    const call = (...args: readonly string[]) => callVarve('compare', ...args, '--cas-root', own);
    await run(write(amdOne, armOne));
    await run(write(amdTwo, armOne));
    const all = await call('history:shop~1', 'history:shop', '--platform', 'all', '--format', 'json');
    const comparisons = v.parse(CompareOutputsSchema, JSON.parse(all.stdout));
    const changed = comparisons.platforms.map(({ target, changed }) => [
      target.platform.architecture,
      changed,
    ]);
    expect(Object.fromEntries(changed)).toEqual({ amd64: true, arm64: false });
    await run(write(amdTwo));
    const gone = await call('history:shop~1', 'history:shop', '--platform', 'all', '--exit-code');
    expect([gone.status, gone.stdout]).toEqual([1, expect.stringContaining('linux/arm64 gone')]);
    await run(write(amdTwo, armOne));
    // Without a wish it is this machine's platform, not whichever was recorded last.
    const plain = await call('history:shop~1', 'history:shop', '--format', 'json');
    const { base, target } = JSON.parse(plain.stdout);
    expect(base.platform).toEqual(target.platform);
    expect(base.platform.architecture).toBe(process.arch === 'arm64' ? 'arm64' : 'amd64');
  });
});

describe('where one platform is looked at', () => {
  it('all of several is refused, and says so', async () => {
    const { write } = series();
    const many = await callVarve(
      'tree',
      write(amdOne, armOne),
      '--platform',
      'all',
      '--cas-root',
      place('store'),
    );
    expect([many.status, many.stderr]).toEqual([2, expect.stringContaining('is for 2 platforms')]);
    const single = await callVarve('tree', write(amdOne), '--platform', 'all', '--cas-root', place('store'));
    expect([single.status, single.stdout]).toEqual([0, expect.stringContaining('app/main')]);
  });
});

it('a baseline image without a platform makes a first run of that platform, and of it alone', async () => {
  const [base, target] = [
    writeIndexed(place('base'), [amdOne]),
    writeIndexed(place('target'), [amdOne, armOne]),
  ];
  const { status, stdout } = await callVarve(
    ...[
      'snapshot',
      target,
      '--name',
      'x',
      '--baseline',
      base,
      '--platform',
      'all',
      '--cas-root',
      place('store'),
    ],
  );
  expect(status).toBe(0);
  expect(stdout).toContain('2 platforms: linux/arm64 new, linux/amd64 unchanged');
  const fewer = await callVarve(
    ...['snapshot', base, '--name', 'x', '--baseline', target, '--platform', 'all'],
    ...['--cas-root', place('store')],
  );
  expect(fewer.stdout).toContain('1 platform: linux/amd64 unchanged, linux/arm64 gone');
  const missing = await callVarve(
    ...[
      'snapshot',
      target,
      '--name',
      'x',
      '--baseline',
      base,
      '--platform',
      'linux/arm64',
      '--cas-root',
      place('store'),
    ],
  );
  expect(missing.status).toBe(2);
});
