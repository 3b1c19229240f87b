import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { DIST } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeBusyboxContext } from './support/busybox-context.ts';
import { type DockerEngineOptions, startDockerEngine } from './support/docker-engine.ts';
import { startDockerRegistry } from './support/docker-registry.ts';
import { type EngineProxy, startEngineProxy } from './support/engine-proxy.ts';
import { tellNotTried } from './support/not-tried.ts';
import { startPodmanService } from './support/podman-service.ts';
import { attempt, run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';

const newPath = temporaryFolder();

/** An engine that builds, in the way that is its own. */
interface BuildingEngine {
  readonly host: string;
  build(context: string, tag: string): Promise<void>;
  save(tag: string, file: string): Promise<void>;
  stop(): Promise<void>;
}

type StartEngine = (folder: string) => Promise<BuildingEngine>;

const startDocker =
  (options: DockerEngineOptions = {}): StartEngine =>
  async (folder) => {
    const engine = await startDockerEngine(folder, options);
    return {
      ...engine,
      build: async (context, tag) => {
        await engine.docker(['build', '--quiet', '--network', 'host', '--tag', tag, context]);
      },
      save: async (tag, file) => {
        await engine.docker(['save', '--output', file, tag]);
      },
    };
  };

/** Another engine's program: `dockerd` from 25 on, with the containerd that it starts in `PATH`. */
const NEWER = process.env.VARVE_TEST_DOCKERD ?? '';
const newerEngines: Readonly<Record<string, StartEngine>> = {
  'a newer Docker': startDocker({
    program: NEWER,
    settings: { features: { 'containerd-snapshotter': false } },
  }),
  "a newer Docker, on containerd's store": startDocker({
    program: NEWER,
    settings: { features: { 'containerd-snapshotter': true } },
  }),
};

const ENGINES: Readonly<Record<string, StartEngine>> = {
  Docker: startDocker(),
  Podman: async (folder) => {
    const { podman, ...service } = await startPodmanService(folder);
    return {
      ...service,
      build: async (context, tag) => {
        const common = ['build', '--quiet', '--isolation', 'chroot', '--layers', '--network', 'host'];
        await podman([...common, '--tag', tag, context]);
      },
      save: async (tag, file) => {
        await podman(['save', '--quiet', '--format', 'docker-archive', '--output', file, tag]);
      },
    };
  },
  ...(NEWER === '' ? {} : newerEngines),
};

if (NEWER === '')
  describe('a newer Docker', () => tellNotTried('a dockerd from 25 on', 'VARVE_TEST_DOCKERD'));

const LAYERS = 10;

/** Nine steps upon the base; an edition is another content of the last. */
async function makeContext(edition: number): Promise<string> {
  const context = newPath('context');
  const scripts = Array.from({ length: LAYERS - 1 }, (_, index) => {
    const content = index === LAYERS - 2 ? `edition ${edition}` : `layer ${index}`;
    return `echo ${content} > /step-${index}`;
  });
  await makeBusyboxContext(context, scripts);
  return context;
}

async function take(
  host: string,
  image: string,
  store: string,
): Promise<Pointer & { comparisonDocument?: object }> {
  const command = ['snapshot', image, '--name', 'shop', '--baseline', `dir:${store}`, '--format', 'json'];
  const { status, stdout, stderr } = await attempt(process.execPath, [join(DIST, 'cli.js'), ...command], {
    env: { DOCKER_HOST: host, DOCKER_CONFIG: '/nonexistent' },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const inventories = ({ manifest }: Pointer): string[] =>
  manifest.artifacts.filter(({ kind }) => kind === 'layer.files').map(({ digest }) => digest);

describe.each(Object.keys(ENGINES))('images in %s', (name) => {
  let engine: BuildingEngine;
  let proxy: EngineProxy;

  beforeAll(async () => {
    engine = await (ENGINES[name] as StartEngine)(newPath('engine'));
    proxy = await startEngineProxy(engine.host);
    const context = await makeContext(1);
    await engine.build(context, 'shop:v1');
    const file = join(context, 'Dockerfile');
    writeFileSync(file, `${readFileSync(file, 'utf8')}ENV EDITION=1\n`);
    await engine.build(context, 'shop:env');
    const other = await makeContext(2);
    // The base is the very same, so that only the last step is another.
    await run('cp', ['--archive', join(context, 'base.tar'), join(other, 'base.tar')]);
    await engine.build(other, 'shop:v2');
  });

  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await engine?.stop();
  });

  it('give the fragments that a registry and their files give, by whatever way they are read', async () => {
    const archive = newPath('archive.tar');
    const layout = newPath('layout');
    await engine.save('shop:v1', archive);
    await skopeoCopy(`docker-archive:${archive}`, `oci:${layout}:v1`);
    const registry = await startDockerRegistry(newPath('registry'));
    try {
      await skopeoCopy(`oci:${layout}:v1`, `docker://${registry.host}/shop:v1`, ...registry.skopeoOptions);
      const stored = await take(engine.host, 'docker-daemon:shop:v1', newPath());
      const exported = await take(proxy.host, 'docker-daemon:shop:v1', newPath());
      expect(proxy.exports()).toBe(1);
      expect(exported.snapshotDigest).toBe(stored.snapshotDigest);
      expect(inventories(stored)).toHaveLength(LAYERS);
      for (const image of [
        `docker-archive:${archive}`,
        `oci:${layout}:v1`,
        `docker://${registry.host}/shop:v1`,
      ]) {
        expect(inventories(await take(engine.host, image, newPath()))).toEqual(inventories(stored));
      }
    } finally {
      await registry.stop();
    }
  });

  it.each(['its socket', 'an address'])('that are known are not exported again, by %s', async (way) => {
    const host = way === 'its socket' ? engine.host : proxy.host;
    const store = newPath();
    const before = proxy.exports();
    await take(host, 'docker-daemon:shop:v1', store);
    const exported = proxy.exports();
    expect(exported - before).toBe(way === 'its socket' ? 0 : 1);
    const { layers, comparisonDocument } = await take(host, 'docker-daemon:shop:v1', store);
    expect(layers).toEqual({ total: LAYERS, reused: LAYERS, read: 0, bytesRead: 0 });
    expect(comparisonDocument).toMatchObject({ changed: false });
    expect(proxy.exports()).toBe(exported);
  });

  it.each(['its socket', 'an address'])('have the one layer read that is new, by %s', async (way) => {
    const host = way === 'its socket' ? engine.host : proxy.host;
    const store = newPath();
    await take(host, 'docker-daemon:shop:v1', store);
    const { layers, comparisonDocument } = await take(host, 'docker-daemon:shop:v2', store);
    expect(layers).toMatchObject({ total: LAYERS, reused: LAYERS - 1, read: 1 });
    expect(comparisonDocument).toMatchObject({ changed: true, files: { modified: 1, added: 0, removed: 0 } });
  });

  it.each(['its socket', 'an address'])('have a new setting seen, and no layer read, by %s', async (way) => {
    const host = way === 'its socket' ? engine.host : proxy.host;
    const store = newPath();
    await take(host, 'docker-daemon:shop:v1', store);
    const { layers, comparisonDocument } = await take(host, 'docker-daemon:shop:env', store);
    expect(layers).toMatchObject({ reused: LAYERS, read: 0 });
    expect(comparisonDocument).toMatchObject({
      changed: true,
      files: { modified: 0 },
      config: expect.arrayContaining([{ path: '/config/Env/EDITION', base: null, target: '1' }]),
    });
  });

  it('are exported to a disk that is full with a word on it, and nothing is left there', async () => {
    const disk = newPath('disk');
    mkdirSync(disk);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
    try {
      const command = [join(DIST, 'cli.js'), 'snapshot', 'docker-daemon:shop:v1', '--cas-root', newPath()];
      const env = { DOCKER_HOST: proxy.host, DOCKER_CONFIG: '/nonexistent', RUNNER_TEMP: disk };
      const { status, stderr } = await attempt(process.execPath, command, { env });
      expect([status, stderr]).toEqual([4, expect.stringMatching(/store-unwritable.*ENOSPC[\s\S]*TMPDIR/)]);
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      await run('umount', [disk]);
    }
  });
});
