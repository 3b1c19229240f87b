import { readdirSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CompareOutputsSchema } from '../../src/core/comparison/compare-output.ts';
import type { Comparison } from '../../src/core/comparison/comparison.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import { formatPlatform } from '../../src/core/words/platform.ts';
import { callVarve } from '../support/call-varve.ts';
import { type MadeImage, makeImage, makeLayer } from '../support/image-maker.ts';
import { writeIndexed } from '../support/platform-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();
const WINDOWS = { os: 'windows', architecture: 'amd64' };
const [R2019, R2022] = ['10.0.17763', '10.0.20348'];

const files = await makeLayer({ 'Files/app.txt': '1' });
const newer = await makeLayer({ 'Files/app.txt': '2' });

/** An image for a release of Windows, and what an index says of it. */
function imageOf(
  version: string,
  { layer = files, listed = {} }: { layer?: typeof files; listed?: object } = {},
) {
  const stated = { ...WINDOWS, 'os.version': version };
  return makeImage([layer], { config: stated, descriptor: { platform: { ...stated, ...listed } } });
}

const indexOf = (...images: readonly MadeImage[]): string => writeIndexed(place('image'), images);
const store = place('store');
const varve = (...args: readonly string[]) => callVarve(...args, '--cas-root', store);
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

const both = indexOf(imageOf(`${R2019}.1234`), imageOf(`${R2022}.99`));
const secondChanged = indexOf(imageOf(`${R2019}.1234`), imageOf(`${R2022}.99`, { layer: newer }));

describe('an index with images for several releases of Windows', () => {
  it('names them all, as containerd does, and asks which one is meant', async () => {
    const refused = await varve('inspect', both, '--platform', 'windows/amd64');
    expect([refused.status, flat(refused.stderr)]).toEqual([
      2,
      expect.stringContaining(
        `has several images for windows/amd64: windows(${R2019})/amd64, windows(${R2022})/amd64`,
      ),
    ]);
    const { stdout } = await varve(
      'inspect',
      both,
      '--platform',
      `windows(${R2022})/amd64`,
      '--format',
      'json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      platforms: [`windows(${R2019})/amd64`, `windows(${R2022})/amd64`],
    });
  });

  it('takes the one that is named, with its revision or without', async () => {
    const layersOf = async (platform: string) => {
      const { stdout, status } = await varve(
        'compare',
        both,
        secondChanged,
        '--platform',
        platform,
        '--format',
        'json',
      );
      expect(status).toBe(0);
      return (JSON.parse(stdout) as Comparison).changed;
    };
    expect(await layersOf(`windows(${R2019})/amd64`)).toBe(false);
    expect(await layersOf(`Windows(${R2022}.1)/x86_64`)).toBe(true);
    const none = await varve('inspect', both, '--platform', 'windows(10.0.26100)/amd64');
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('platform-not-found')]);
  });

  it('compares each with its own kind where all are wanted', async () => {
    const { stdout, status } = await varve(
      'compare',
      both,
      secondChanged,
      '--platform',
      'all',
      '--format',
      'json',
      '--exit-code',
    );
    expect(status).toBe(1);
    const { platforms } = v.parse(CompareOutputsSchema, JSON.parse(stdout));
    expect(platforms.map(({ changed }) => changed)).toEqual([false, true]);
  });

  it('has a history for each', async () => {
    const own = place('own');
    const take = (...platform: readonly string[]) =>
      callVarve('snapshot', both, '--name', 'app', '--baseline', `dir:${own}`, ...platform);
    expect((await take('--platform', 'all')).status).toBe(0);
    const again = await take('--platform', `windows(${R2022})/amd64`);
    expect(again.stdout).toContain('no change');
    const { stdout } = await callVarve(
      'history',
      'app',
      '--platform',
      'all',
      '--format',
      'json',
      '--cas-root',
      own,
    );
    const entries: HistoryEntry[] = JSON.parse(stdout);
    expect(entries.map(({ platform }) => formatPlatform(platform)).sort()).toEqual([
      `windows(${R2019})/amd64`,
      `windows(${R2022})/amd64`,
      `windows(${R2022})/amd64`,
    ]);
    const folders = readdirSync(own, { recursive: true, encoding: 'utf8' });
    expect(folders.filter((each) => /history.*17763[^/]*$/.test(each))).toHaveLength(1);
    expect((await callVarve('verify', `dir:${own}`)).status).toBe(0);
  });

  it('takes the first of two for one release, and names the other', async () => {
    const first = imageOf(`${R2019}.1`);
    const [one, two] = [
      indexOf(first, imageOf(`${R2019}.2`)),
      indexOf(first, imageOf(`${R2019}.2`, { layer: newer })),
    ];
    const { stdout, status } = await varve('compare', one, two, '--exit-code');
    expect([status, stdout]).toEqual([1, expect.stringContaining('2 images not compared')]);
    expect(stdout).toContain('platform-twice');
  });
});

describe('an index with an image for one release', () => {
  it('needs no release to be named, nor has its history one', async () => {
    const own = place('own');
    const { stdout } = await callVarve(
      'snapshot',
      indexOf(imageOf(R2019)),
      '--platform',
      'windows/amd64',
      '--name',
      'app',
      '--cas-root',
      own,
      '--format',
      'json',
    );
    expect(JSON.parse(stdout).image.platform).toEqual(WINDOWS);
  });

  it.each<[string, object]>([
    ['another release', { 'os.version': R2022 }],
    ['a feature that the config does not ask for', { 'os.features': ['win32k'] }],
    ['no readable release', { 'os.version': '10.0 17763' }],
  ])('that its config does not state is never "no change": %s', async (_, listed) => {
    const image = imageOf(R2019);
    const lying = {
      ...image,
      descriptor: { ...image.descriptor, platform: { ...WINDOWS, 'os.version': R2019, ...listed } },
    };
    for (const sides of [
      [indexOf(image), indexOf(lying)],
      [indexOf(lying), indexOf(image)],
    ]) {
      const { status, stdout } = await varve('compare', ...sides, '--exit-code');
      expect([status, stdout]).toEqual([1, expect.stringContaining('? no change found')]);
      expect(stdout).toContain('platform-mismatch');
    }
    const same = await varve('compare', indexOf(lying), indexOf(lying), '--exit-code');
    expect(same.status).toBe(0);
    const own = place('own');
    const take = (reference: string) =>
      callVarve('snapshot', reference, '--name', 'app', '--baseline', `dir:${own}`);
    await take(indexOf(image));
    expect(flat((await take(indexOf(lying))).stdout)).toContain('the config windows(10.0.17763)/amd64');
    const between = await callVarve(
      'compare',
      'history:app~1',
      'history:app',
      '--exit-code',
      '--cas-root',
      own,
    );
    expect(between.status).toBe(1);
  });

  it.each<[string, object]>([
    ['none', {}],
    ['another revision', { 'os.version': `${R2019}.77` }],
  ])('does not disagree with a config where it states %s', async (_, listed) => {
    const image = imageOf(R2019);
    const other = { ...image, descriptor: { ...image.descriptor, platform: { ...WINDOWS, ...listed } } };
    const { status, stdout } = await varve('compare', indexOf(image), indexOf(other), '--exit-code');
    expect([status, stdout]).toEqual([0, expect.stringContaining('✓ no change')]);
    expect(stdout).not.toContain('platform-mismatch');
  });
});
