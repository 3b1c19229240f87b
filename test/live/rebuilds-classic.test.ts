import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type BuildContext, writeContext } from './support/build-context.ts';
import { makeBusyboxContext } from './support/busybox-context.ts';
import { type Compared, changedFiles, compareImages, same } from './support/compare-images.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';

const newPath = temporaryFolder();
const store = newPath('store');
const compare = (base: string, target: string): Promise<Compared> => compareImages(store, base, target);

const FILES = { 'conf/a': 'a=1\n', 'src/one': 'one\n', 'src/two': 'two\n', blob: 'blob\n' };
const STEPS = [
  'ARG WHO=world',
  'COPY conf /etc/conf/',
  'RUN echo "hello $WHO" > /hello',
  'ADD blob /opt/',
  'COPY src /app/',
  'RUN cat /app/* > /app.txt',
  'LABEL built=1',
  'WORKDIR /srv/web',
  'RUN rm -r /opt && mkdir /opt',
];
const STEPS_TOLD = [
  'COPY dir in /etc/conf/',
  'RUN echo "hello $WHO" > /hello',
  'ADD file in /opt/',
  'COPY dir in /app/',
  'RUN cat /app/* > /app.txt',
  'WORKDIR /srv/web',
  'RUN rm -r /opt && mkdir /opt',
];

describe("images of Docker's classic builder", () => {
  let engine: DockerEngine;
  let original: string;
  let count = 0;

  async function build(context: BuildContext, ...args: readonly string[]): Promise<string> {
    // The layers of two builds must not carry the same seconds.
    await sleep(1000);
    const tag = `app:${++count}`;
    const folder = await writeContext(newPath('context'), { from: 'base', ...context });
    await engine.docker(['build', '--quiet', '--network=host', '--tag', tag, ...args, folder]);
    const archive = newPath('saved.tar');
    await engine.docker(['save', '--output', archive, tag]);
    return `docker-archive:${archive}`;
  }

  /** The image as the cache has it now: that of the last build without cache. */
  const buildAsCached = (): Promise<string> => build({ steps: STEPS, files: FILES });

  beforeAll(async () => {
    engine = await startDockerEngine(newPath('engine'));
    const base = newPath('base');
    await makeBusyboxContext(base, []);
    const setup = ['--change', 'ENV PATH=/bin', '--change', 'CMD ["/bin/sh"]'];
    await engine.docker(['import', ...setup, join(base, 'base.tar'), 'base']);
    original = await build({ steps: STEPS, files: FILES });
  });

  afterAll(() => engine.stop());

  it('built again without a cache differ in nothing that counts', async () => {
    const again = await compare(original, await build({ steps: STEPS, files: FILES }, '--no-cache'));
    expect(again.told).toEqual(['unchanged', ...same('rebuilt: timestamps', 7)]);
    expect(again).toMatchObject({ changed: false, files: { entries: [] } });
    expect(again.config?.filter(({ volatile }) => !volatile)).toEqual([]);
    expect(again.outcome).toBe('↻ 7 layers rebuilt, nothing differs but timestamps');
    expect(again.size).toMatchObject({ compressedDelta: null, pullBytes: null });
  });

  it('tell a changed source by its content, since the step hides its hash', async () => {
    const files = { ...FILES, 'src/one': 'edited\n' };
    const compared = await compare(await buildAsCached(), await build({ steps: STEPS, files }));
    expect(compared.layers.map(({ target }) => target?.step).slice(1)).toEqual(STEPS_TOLD);
    expect(compared.layers.map(({ base }) => base?.step).slice(1)).toEqual(STEPS_TOLD);
    expect(compared.told).toEqual([
      ...same('unchanged', 4),
      ...['rebuilt: content', 'rebuilt: content', 'rebuilt: timestamps', 'rebuilt: timestamps'],
    ]);
    expect(changedFiles(compared)).toEqual(['modified app.txt by 5', 'modified app/one by 4']);
    expect(compared.summary).toMatchObject({ firstRebuilt: 4, cascade: { layers: 4 }, reuseRatio: 1 / 2 });
    expect(compared.text).toContain('`COPY dir in /app/` changed and re-shipped 4 layers');
    expect(compared.text).toContain(
      '→ `RUN rm -r /opt && mkdir /opt` gave the same files again: run it before `COPY dir in /app/`, after copying only what it needs.',
    );
  });

  it('pair steps whose build arguments alone differ', async () => {
    const compared = await compare(
      await buildAsCached(),
      await build({ steps: STEPS, files: FILES }, '--build-arg', 'WHO=you'),
    );
    expect(compared.layers.map(({ target }) => target?.step).slice(1)).toEqual(STEPS_TOLD);
    expect(compared.told).toEqual([
      ...['unchanged', 'unchanged', 'rebuilt: content'],
      ...same('rebuilt: timestamps', 5),
    ]);
    expect(changedFiles(compared)).toEqual(['modified hello by 2']);
  });

  it('tell an edited step', async () => {
    const steps = STEPS.map((step) => step.replace('hello', 'good morning'));
    const compared = await compare(await buildAsCached(), await build({ steps, files: FILES }));
    expect(compared.told.slice(0, 3)).toEqual(['unchanged', 'unchanged', 'rebuilt: step']);
    expect(compared.text).toContain('`RUN echo "good morning $WHO" > /hello` was edited');
  });

  it('are compared with a baseline whose archive is gone as with the archive', async () => {
    const target = await build({ steps: STEPS, files: FILES }, '--no-cache');
    const direct = await compare(original, target);
    rmSync(original.replace('docker-archive:', ''));
    const stored = await compare(direct.base.snapshotDigest, target);
    // They say how each was named.
    const alike = { text: '', references: null };
    expect({ ...stored, ...alike }).toEqual({ ...direct, ...alike });
  });
});
