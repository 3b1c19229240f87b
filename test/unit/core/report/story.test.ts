import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import { plainText } from '../../../../src/core/report/plain-text.ts';
import { tellStory } from '../../../../src/core/report/story.ts';
import { dir, file } from '../../../support/inventory-maker.ts';
import { type LayerPlan, snapshotView } from '../../../support/inventory-snapshot.ts';

const later = { mtime: 1_800_000_000 };
const megabytes = (size: number) => size * 1_000_000;

const from: LayerPlan = { step: 'ADD rootfs', entries: [dir('etc')], uncompressedSize: megabytes(80) };
const copy = (content: string): LayerPlan => ({
  step: 'COPY . .',
  entries: [file('app', content)],
  uncompressedSize: 2000,
});
const install = (time = {}): LayerPlan => ({
  step: 'RUN npm ci',
  entries: [file('modules', 'modules', time)],
  uncompressedSize: megabytes(200),
});
const build = (time = {}): LayerPlan => ({
  step: 'RUN npm run build',
  entries: [file('dist', 'dist', time)],
  uncompressedSize: megabytes(12),
});

function say(...told: Parameters<typeof tellStory>): string | null {
  const story = tellStory(...told);
  return story && plainText(story);
}

/** Of layers that say no size of their blobs it is not known. */
async function tell(base: LayerPlan[], target: LayerPlan[]): Promise<string | null> {
  const view = (plans: LayerPlan[]) =>
    snapshotView({ layers: plans.map((plan) => ({ size: null, ...plan })) });
  return say(await compareSnapshots(view(base), view(target)));
}

describe('the story', () => {
  it('is none where the base has every layer', async () => {
    expect(await tell([from], [from])).toBeNull();
    expect(await tell([from, build()], [from])).toBeNull();
    expect(await tell([from, build()], [build(), from])).toBeNull();
  });

  it('says where the instruction stands that made the first new layer, where that is known', async () => {
    const comparison = await compareSnapshots(
      snapshotView({ layers: [from, install(), build()] }),
      snapshotView({ layers: [from, install(later), build(later)] }),
    );
    const location = { file: 'Dockerfile', firstLine: 7, lastLine: 9 };
    expect(say(comparison, [location, null])).toMatch(/^`RUN npm ci` was built again/);
    expect(say(comparison, [null, location])).toMatch(/^`RUN npm ci` \(`Dockerfile:7-9`\) was built again/);
    const deep = { ...location, file: `${'deep/'.repeat(50)}Docker\`file` };
    expect(say(comparison, [null, deep])).toMatch(/^`RUN npm ci` \(`[a-z/]+\/Docker'file:7-9`\) was/);
  });

  it('names the first new layer, what it dragged along', async () => {
    expect(await tell([from, install(), build()], [from, install(later), build(later)])).toBe(
      '`RUN npm ci` was built again and re-shipped 2 layers, 212 MB uncompressed.',
    );
  });

  it('tells compressed bytes where they are known, equal blobs once', async () => {
    const stored = (plan: LayerPlan, text: string, size: number): LayerPlan => ({
      ...plan,
      ...{ digest: digestOf(text), size },
    });
    const base = [stored(from, 'from', 30), stored(install(), '1', 70), stored(build(), '2', 5)];
    const target = [
      stored(from, 'from', 30),
      stored(install(later), '3', 71),
      stored(install(later), '3', 71),
    ];
    expect(await tell(base, target)).toContain('re-shipped 2 layers, 71 B; ');
  });

  it('tells layers of one step apart by their indices', async () => {
    const again = { ...install(later), entries: [file('more', 'modules', later)] };
    expect(await tell([from], [from, install(), again])).toMatch(/^`RUN npm ci` \(layer 1\) and 1 more/);
  });

  it('names the layer that makes up most of it', async () => {
    expect(await tell([from, copy('1'), install()], [from, copy('2'), install(later)])).toBe(
      '`COPY . .` changed and re-shipped 2 layers, 200 MB uncompressed; `RUN npm ci` makes up 100 % of it.',
    );
  });

  it('tells an edited, a new and a single layer', async () => {
    const edited = { ...build(later), step: 'RUN npm run build:all' };
    expect(await tell([from, build()], [from, edited])).toBe(
      '`RUN npm run build:all` was edited and re-shipped 1 layer, 12.0 MB uncompressed.',
    );
    expect(await tell([from], [from, build()])).toBe('`RUN npm run build` is new, 12.0 MB uncompressed.');
    expect(await tell([from], [from, install(), build()])).toBe(
      '`RUN npm ci` and 1 more layer are new, 212 MB uncompressed.',
    );
    expect(await tell([from, build()], [from, copy('1'), build(later)])).toBe(
      '`COPY . .` is new and re-shipped 2 layers, 12.0 MB uncompressed; `RUN npm run build` makes up 100 % of it.',
    );
  });

  it('says when only volatile files differ', async () => {
    const log = (text: string): LayerPlan => ({
      step: 'RUN apt-get',
      entries: [file('var/log/dpkg.log', text)],
    });
    expect(await tell([from, log('1')], [from, log('2')])).toBe(
      '`RUN apt-get` was built again and re-shipped 1 layer, 1.00 kB uncompressed.',
    );
  });

  it('counts the layers that gave other files where the first did not', async () => {
    expect(
      await tell([from, install(), copy('1'), build()], [from, install(later), copy('2'), build(later)]),
    ).toBe(
      '`RUN npm ci` was built again and re-shipped 3 layers, 212 MB uncompressed; 1 of them gave other files.',
    );
  });

  it('tells of a step that is gone', async () => {
    const lint: LayerPlan = { step: 'RUN npm run lint', entries: [file('lint')] };
    expect(await tell([from, lint, build()], [from, build(later)])).toBe(
      '`RUN npm run build`, after a step that is gone, was built again and re-shipped 1 layer, 12.0 MB uncompressed; only timestamps differ.',
    );
  });

  it('says that what is copied changed, even where a later layer hides it', async () => {
    const hide = (time = {}): LayerPlan => ({ step: 'RUN x > app', entries: [file('app', 'x', time)] });
    expect(await tell([from, copy('1'), hide()], [from, copy('2'), hide(later)])).toBe(
      '`COPY . .` changed and re-shipped 2 layers, 3.00 kB uncompressed.',
    );
  });

  it('calls a layer changed where files were not compared', async () => {
    const unread = (content: string): LayerPlan => ({ ...copy(content), unread: true });
    expect(await tell([from, unread('1')], [from, unread('2')])).toBe(
      '`COPY . .` changed and re-shipped 1 layer, 2.00 kB uncompressed.',
    );
  });

  it('keeps steps in bounds, and does without one', async () => {
    const step = `RUN echo \`id\`\n  && ${'x'.repeat(200)}`;
    const told = await tell([from], [from, { ...build(), step }]);
    expect(told).toMatch(/^`RUN echo 'id' && x{30,}…` is new/);
    expect(await tell([from], [from, { ...build(), step: '' }])).toMatch(/^Layer 1 is new/);
  });
});
