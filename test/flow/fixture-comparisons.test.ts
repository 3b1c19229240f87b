import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { headline } from '../../src/core/report/headline.ts';
import { plainText } from '../../src/core/report/plain-text.ts';
import { ImageComparer } from '../support/image-comparer.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const comparer = new ImageComparer(openDirectoryStore(folder('store')));
afterAll(() => comparer[Symbol.asyncDispose]());

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');

/** Compares two images of `__fixtures__`, given as transport, path there and tag. */
async function compare(base: string, target: string) {
  const at = (image: string) => image.replace(':', `:${FIXTURES}/`);
  const { comparison, report } = await comparer.compare(at(base), at(target));
  const [image] = report.images;
  return {
    comparison,
    told: headline(report),
    story: image?.change?.story && plainText(image.change.story),
    advice: image?.change?.advice.map((each) => plainText(each)),
    layers: comparison.layers.map(({ status, cause }) =>
      cause === undefined ? status : `${status}: ${cause}`,
    ),
    files: comparison.files?.entries.map(({ status, path, layer }) => `${status} ${path} by ${layer}`),
  };
}

const REMEDY =
  "2 layers hold the same files as before: set `SOURCE_DATE_EPOCH`, and `rewrite-timestamp=true` in buildx's `--output`.";

describe('the next build of a small image', () => {
  it('by Buildah', async () => {
    const { comparison, told, story, advice, layers, files } = await compare(
      'oci:app-v1:shop:v1',
      'oci:app-v2:shop:v2',
    );
    expect(layers).toEqual([
      ...['unchanged', 'unchanged', 'unchanged'],
      ...['rebuilt: content', 'rebuilt: timestamps', 'rebuilt: timestamps', 'rebuilt: content'],
      'added',
    ]);
    expect(files).toEqual([
      'modified app/shop.sh by 6',
      'modified app/src/routes/checkout.sh by 3',
      'removed app/src/routes/coupon.sh by 3',
      'added app/src/routes/invoice.sh by 3',
      'added etc/shop/conf.d/rotate.conf by 7',
      'added var/spool by 7',
      'added var/spool/shop by 7',
    ]);
    expect(comparison.summary).toMatchObject({ firstRebuilt: 3, cascade: { layers: 5 }, reuseRatio: 3 / 8 });
    expect(told).toMatch(/^\+\d+ B, 4 layers rebuilt, 1 added, 5 files changed, 3 config changes$/);
    expect(story).toMatch(
      /^`COPY dir in \/app` changed and re-shipped 5 layers, [\d.]+ kB; `RUN sh tools\/install-modules\.sh modules\.lock modules` makes up \d+ % of it\.$/,
    );
    expect(advice).toEqual([
      '`RUN sh tools/install-modules.sh modules.lock modules` gave the same files again: run it before `COPY dir in /app`, after copying only what it needs.',
      REMEDY,
    ]);
  });

  it('by BuildKit', async () => {
    const { comparison, story, advice, layers } = await compare('oci:buildkit:v1', 'oci:buildkit:v2');
    expect(layers).toEqual([
      ...['unchanged', 'unchanged', 'unchanged', 'unchanged'],
      ...['rebuilt: content', 'rebuilt: timestamps', 'rebuilt: timestamps', 'rebuilt: content'],
      'added',
    ]);
    expect(comparison.layers.map(({ target }) => target?.step.split(' ', 2).join(' '))).toEqual([
      ...['ADD file', 'WORKDIR /app', 'COPY config', 'RUN mkdir'],
      ...['COPY .', 'RUN sh', 'RUN ln', 'RUN cat', 'RUN mkdir'],
    ]);
    expect(story).toMatch(/^`COPY \. \/app` changed and re-shipped 5 layers, [\d.]+ kB; /);
    expect(advice).toEqual([expect.stringMatching(/^`RUN sh .* run it before `COPY \. \/app`/), REMEDY]);
  });

  it('by the classic builder, whose COPY tells of its content only by a hash', async () => {
    const archive = 'docker-archive:forms/engine-20.tar:forms';
    const { comparison, layers, files, story } = await compare(`${archive}:1`, `${archive}:2`);
    expect(layers).toEqual([
      ...['unchanged', 'rebuilt: content', 'rebuilt: timestamps', 'rebuilt: timestamps'],
      ...['rebuilt: content', 'rebuilt: timestamps'],
    ]);
    expect(comparison.layers[4]?.base?.step).toBe('COPY file in /');
    expect(comparison.layers[4]?.target?.step).toBe('COPY file in /');
    expect(files).toEqual(['modified banner.txt by 4']);
    expect(comparison.size).toMatchObject({ pullBytes: null, compressedDelta: null });
    expect(story).toMatch(
      /^`COPY file in \/` \(layer 1\) changed and re-shipped 5 layers, [\d.]+ kB uncompressed; `RUN mkdir -p .*…` makes up \d+ % of it\.$/,
    );
  });
});

describe('an image that is the same', () => {
  it('built again without a cache', async () => {
    const { comparison, told, story, layers } = await compare(
      'oci:app-v1:shop:v1',
      'oci:app-v1-rebuilt:shop:v1',
    );
    expect(layers).toEqual(['unchanged', ...Array.from({ length: 6 }, () => 'rebuilt: timestamps')]);
    expect(comparison).toMatchObject({ changed: false, config: [], files: { entries: [] } });
    expect(told).toBe('6 layers rebuilt, nothing differs but timestamps');
    expect(story).toMatch(/^`COPY dir in \/etc\/shop` was built again and re-shipped 6 layers, [\d.]+ kB\.$/);
  });

  it('compressed in another way', async () => {
    const { comparison, told, story, advice, layers } = await compare(
      'oci:forms/gzip:forms:1',
      'oci:forms/zstd:forms:1',
    );
    expect(layers).toEqual(Array.from({ length: 6 }, () => 'recompressed'));
    expect(comparison).toMatchObject({ changed: false, summary: { reuseRatio: 1, firstRebuilt: null } });
    expect([told, story]).toEqual(['no change, 6 layers recompressed', null]);
    expect(advice).toEqual([
      expect.stringMatching(/^6 layers of the same bytes, .* to pull, were compressed/),
    ]);
  });

  it.each([
    'docker-archive:forms/engine-28-classic.tar:forms:1',
    'docker-archive:forms/skopeo.tar:forms:1',
    'oci-archive:forms/skopeo.oci.tar:forms:1',
    'oci:forms/zstd-chunked:forms:1',
  ])('kept in another form, %s', async (other) => {
    const { comparison } = await compare('docker-archive:forms/engine-20.tar:forms:1', other);
    expect(comparison.changed).toBe(false);
    expect(new Set(comparison.layers.map(({ status }) => status))).toEqual(new Set(['unchanged']));
  });
});
