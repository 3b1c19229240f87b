import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type BuildContext, writeContext } from './support/build-context.ts';
import { type Buildah, prepareBuildah } from './support/buildah.ts';
import { makeBusyboxContext } from './support/busybox-context.ts';
import { type Compared, changedFiles, compareImages, same } from './support/compare-images.ts';
import { run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';

const newPath = temporaryFolder();
const store = newPath('store');
const compare = (base: string, target: string): Promise<Compared> => compareImages(store, base, target);

const FILES = { conf: 'a=1\n', 'src/one': 'one\n', 'src/two': 'two\n' };
const STEPS = [
  'COPY conf /etc/conf',
  'COPY src /app',
  'RUN cat /app/* > /app.txt',
  'RUN mkdir -p /var/spool/x && ln /app.txt /var/spool/x/hard && ln -s /app /var/spool/x/soft',
  'CMD ["/bin/sh"]',
];
const [CONF = '', SRC = '', CAT = '', SPOOL = '', CMD = ''] = STEPS;

/** All times are this one, as SOURCE_DATE_EPOCH makes them. */
const FIXED = ['--no-cache', '--timestamp', '1767225600'];

describe('images of Buildah', () => {
  let buildah: Buildah;
  let original: string;
  let fixed: string;
  let count = 0;

  async function build(context: BuildContext, ...args: readonly string[]): Promise<string> {
    const tag = `app:${++count}`;
    await buildah.build(await writeContext(newPath('context'), context), tag, ...args);
    const image = `oci:${newPath('layout')}:${tag}`;
    await buildah.push(tag, image);
    return image;
  }

  beforeAll(async () => {
    buildah = await prepareBuildah(newPath('buildah'));
    const context = newPath('base');
    await makeBusyboxContext(context, []);
    await buildah.build(context, 'base');
    original = await build({ steps: STEPS, files: FILES });
    fixed = await build({ steps: STEPS, files: FILES }, ...FIXED);
    // The layers of later builds must not carry the same seconds.
    await sleep(2000);
  });

  it('built again without a cache differ in nothing that counts', async () => {
    const again = await compare(original, await build({ steps: STEPS, files: FILES }, '--no-cache'));
    expect(again.told).toEqual(['unchanged', ...same('rebuilt: timestamps', 4)]);
    expect(again).toMatchObject({ changed: false, config: [], files: { entries: [], volatile: 0 } });
    expect(again.summary).toMatchObject({ firstRebuilt: 1, cascade: { layers: 4 }, reuseRatio: 1 / 5 });
    expect(again.outcome).toBe('↻ 4 layers rebuilt, nothing differs but timestamps');
    expect(again.text).toContain('set `SOURCE_DATE_EPOCH`');
  });

  it('have the same layers again where all times are set', async () => {
    const again = await compare(fixed, await build({ steps: STEPS, files: FILES }, ...FIXED));
    expect(again.told).toEqual(same('unchanged', 5));
    expect(again.outcome).toBe('✓ no change');
    expect(again.size.pullBytes).toBe(0);
  });

  it('differ in the one file that tells the time', async () => {
    const steps = [CONF, 'RUN date +%s%N > /built-at', SRC, CAT, SPOOL, CMD];
    const before = await build({ steps, files: FILES });
    const again = await compare(before, await build({ steps, files: FILES }, '--no-cache'));
    expect(again.told).toEqual([
      ...['unchanged', 'rebuilt: timestamps', 'rebuilt: content'],
      ...same('rebuilt: timestamps', 3),
    ]);
    expect(changedFiles(again)).toEqual(['modified built-at by 2']);
    expect(again.outcome).toBe('Δ 5 layers rebuilt, 1 file changed');
    expect(again.text).toContain('1 of them gave other files');
    expect(again.text).toContain('`RUN date +%s%N > /built-at` gave other files from the same instruction');
  });

  it('are the same when compressed in another way', async () => {
    const zstd = `oci:${newPath('zstd')}:app`;
    await skopeoCopy(fixed, zstd, '--dest-compress-format', 'zstd');
    const { told, size, summary, changed, layers, outcome } = await compare(fixed, zstd);
    expect(told).toEqual(same('recompressed', 5));
    expect(summary).toMatchObject({ reuseRatio: 1, firstRebuilt: null, cascade: { layers: 0 } });
    expect(changed).toBe(false);
    const sizes = layers.map(({ target }) => target?.size ?? 0);
    expect(size).toMatchObject({ uncompressedDelta: 0, pullBytes: sizes.reduce((a, b) => a + b) });
    expect(outcome).toBe('✓ no change, 5 layers recompressed');
  });

  it('keep the layers below and above one that is new', async () => {
    const steps = [CONF, 'COPY conf /more', SRC, CAT, SPOOL, CMD];
    const { told, summary, size, layers, text } = await compare(
      fixed,
      await build({ steps, files: FILES }, ...FIXED),
    );
    expect(told).toEqual(['unchanged', 'unchanged', 'added', ...same('unchanged', 3)]);
    expect(summary).toMatchObject({ firstRebuilt: 2, cascade: { layers: 1 }, reuseRatio: 5 / 6 });
    expect(size.pullBytes).toBe(layers[2]?.target?.size);
    expect(text).toMatch(/`COPY file in \/more` is new, [\d.]+ k?B\./);
  });

  it('keep all layers when one is put in at the very beginning', async () => {
    const image = (...steps: string[]) => build({ from: 'scratch', steps, files: FILES }, ...FIXED);
    const first = 'COPY src /first';
    const { told, summary, changed } = await compare(await image(CONF, SRC), await image(first, CONF, SRC));
    expect(told).toEqual(['added', 'unchanged', 'unchanged']);
    expect(summary).toMatchObject({ firstRebuilt: 0, cascade: { layers: 1 }, reuseRatio: 2 / 3 });
    expect(changed).toBe(true);
  });

  it('are the same when steps that have nothing to do with each other change places', async () => {
    const moved = await compare(
      fixed,
      await build({ steps: [SRC, CONF, CAT, SPOOL, CMD], files: FILES }, ...FIXED),
    );
    expect(moved.told).toEqual(['unchanged', 'moved', ...same('unchanged', 3)]);
    expect(moved).toMatchObject({ changed: false, size: { pullBytes: 0 }, summary: { reuseRatio: 1 } });
    expect(moved.outcome).toBe('✓ no change, 1 layer moved');
  });

  it('tell an edited step and what it dragged along', async () => {
    const edited = 'RUN cat /app/one > /app.txt';
    const compared = await compare(
      original,
      await build({ steps: [CONF, SRC, edited, SPOOL, CMD], files: FILES }),
    );
    expect(compared.told).toEqual([...same('unchanged', 3), 'rebuilt: step', 'rebuilt: content']);
    expect(compared.layers[3]).toMatchObject({ base: { step: CAT }, target: { step: edited } });
    expect(compared.summary).toMatchObject({ firstRebuilt: 3, cascade: { layers: 2 }, reuseRatio: 3 / 5 });
    // A further name for the file of the layer below brings its new content along.
    expect(changedFiles(compared)).toEqual([
      expect.stringMatching(/^modified app\.txt by [34]$/),
      'modified var/spool/x/hard by 4',
    ]);
    expect(compared.text).toMatch(/`RUN cat \/app\/one > \/app.txt` was edited and re-shipped 2 layers/);
    expect(compared.text).toContain(`was ${CAT}`);
  });

  it('tell a changed source, what is gone with it and what came out the same', async () => {
    const files = { ...FILES, 'src/one': 'edited\n', 'src/three': 'three\n' };
    const { 'src/two': _, ...others } = files;
    const steps = [CONF, SRC, 'RUN mkdir -p /var/spool/x', CMD];
    const compared = await compare(
      await build({ steps, files: FILES }),
      await build({ steps, files: others }),
    );
    expect(compared.told).toEqual([...same('unchanged', 2), 'rebuilt: content', 'rebuilt: timestamps']);
    expect(changedFiles(compared)).toEqual([
      'modified app/one by 2',
      'added app/three by 2',
      'removed app/two by 2',
    ]);
    expect(compared.text).toContain(
      '`RUN mkdir -p /var/spool/x` gave the same files again: run it before `COPY dir in /app`, after copying only what it needs.',
    );
  });

  it('tell a step that is gone', async () => {
    const steps = [CONF, SRC, 'RUN echo gone > /gone', 'RUN echo left > /left', CMD];
    const without = steps.filter((step) => !step.includes('gone'));
    const compared = await compare(
      await build({ steps, files: FILES }),
      await build({ steps: without, files: FILES }),
    );
    expect(compared.told.slice(0, 4)).toEqual([...same('unchanged', 3), 'removed']);
    expect(compared.told[4]).toMatch(/^rebuilt: /);
    expect(changedFiles(compared)).toEqual(['removed gone by null']);
    expect(compared.text).toContain(', after a step that is gone, was built again');
  });

  it('are the same when squashed', async () => {
    const squashed = await compare(original, await build({ steps: STEPS, files: FILES }, '--squash'));
    expect(squashed.changed).toBe(false);
    expect(squashed.outcome).toMatch(/^↻ .* no file differs$/);
  });

  it('differ in their settings alone', async () => {
    const steps = [
      CONF,
      SRC,
      CAT,
      SPOOL,
      'ENV SECRET=hunter2',
      'LABEL org.opencontainers.image.revision=abc',
      CMD,
    ];
    const { told, config, changed, text } = await compare(
      fixed,
      await build({ steps, files: FILES }, ...FIXED),
    );
    expect(told).toEqual(same('unchanged', 5));
    expect(changed).toBe(true);
    expect(config).toEqual([
      { path: '/config/Env/SECRET', base: null, target: 'hunter2' },
      { path: '/config/Labels/org.opencontainers.image.revision', base: null, target: 'abc', volatile: true },
    ]);
    expect(text).toContain('Δ 1 config change\n');
    expect(text).not.toContain('hunter2');
  });

  it('tell a new base, and what it dragged along', async () => {
    const steps = [CONF, 'RUN mkdir -p /var/spool/x', CMD];
    const before = await build({ steps, files: FILES });
    const context = newPath('base');
    await makeBusyboxContext(context, []);
    mkdirSync(join(context, 'more/etc'), { recursive: true });
    writeFileSync(join(context, 'more/etc/version'), '13\n');
    const append = ['--append', '--file', join(context, 'base.tar'), '--directory', join(context, 'more')];
    await run('tar', [...append, 'etc/version']);
    await buildah.build(context, 'base');
    const compared = await compare(before, await build({ steps, files: FILES }));
    expect(compared.told).toEqual(['rebuilt: content', 'rebuilt: timestamps', 'rebuilt: timestamps']);
    expect(compared.summary).toMatchObject({ firstRebuilt: 0, cascade: { layers: 3 }, reuseRatio: 0 });
    expect(changedFiles(compared)).toEqual(['added etc/version by 0']);
    expect(compared.text).toMatch(/`.* changed and re-shipped 3 layers/);
    expect(compared.text).not.toContain('run it before');
  });
});
