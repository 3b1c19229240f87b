import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pointer } from '../../src/core/run/pointer.ts';
import type { SnapshotOutputs } from '../../src/core/run/snapshot-output.ts';
import { formatPlatform } from '../../src/core/words/platform.ts';
import { DIST } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Buildah, prepareBuildah } from './support/buildah.ts';
import { type DockerRegistry, startDockerRegistry } from './support/docker-registry.ts';
import { run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';

const newPath = temporaryFolder();
const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v6', 'linux/arm/v7'];

let buildah: Buildah;
let registry: DockerRegistry;

async function take<T = SnapshotOutputs>(image: string, store: string, platform = 'all'): Promise<T> {
  const baseline = ['--name', 'shop', '--baseline', `dir:${store}`];
  const args = ['snapshot', image, ...baseline, '--platform', platform, '--format', 'json'];
  return JSON.parse(await run(process.execPath, [join(DIST, 'cli.js'), ...args]));
}

/** Builds a manifest list of scratch images: a layer that all share, and one of each platform's own. */
async function buildList(version: string): Promise<string> {
  const context = newPath('context');
  mkdirSync(context);
  writeFileSync(join(context, 'shared'), 'the same everywhere');
  for (const platform of PLATFORMS) {
    writeFileSync(join(context, 'own'), `${platform} ${version}`);
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY shared /\nCOPY own /\n');
    const common = ['--platform', platform, '--timestamp', '0', '--manifest', `shop-${version}`];
    await buildah.run(['bud', '--isolation', 'chroot', '--layers', ...common, context]);
  }
  const layout = newPath(`layout-${version}`);
  await buildah.run(['manifest', 'push', '--all', `shop-${version}`, `oci:${layout}:${version}`]);
  return `oci:${layout}:${version}`;
}

beforeAll(async () => {
  buildah = await prepareBuildah(newPath('buildah'));
  registry = await startDockerRegistry(newPath('registry'));
}, 300_000);

afterAll(() => registry?.stop());

describe('a manifest list of Buildah', () => {
  let images: string[];

  beforeAll(async () => {
    images = [await buildList('1'), await buildList('2')];
  }, 300_000);

  it('gives the same from a layout and a registry, as each platform alone does', async () => {
    const [image = ''] = images;
    const pushed = `docker://${registry.host}/shop:1`;
    await skopeoCopy(image, pushed, '--all', ...registry.skopeoOptions);
    const before = registry.blobReads().length;
    const [fromLayout, fromRegistry] = [
      await take(image, newPath('store')),
      await take(pushed, newPath('store')),
    ];
    const names = fromLayout.platforms.map((pointer) => formatPlatform(pointer.image.platform));
    expect(names.sort()).toEqual([...PLATFORMS].sort());
    const digests = ({ platforms }: SnapshotOutputs) => platforms.map(({ manifestDigest }) => manifestDigest);
    expect(digests(fromRegistry)).toEqual(digests(fromLayout));
    const reads = registry.blobReads().slice(before);
    expect(reads.length).toBeGreaterThan(PLATFORMS.length);
    expect(new Set(reads).size).toBe(reads.length);
    for (const pointer of fromLayout.platforms) {
      const alone = await take<Pointer>(image, newPath('store'), formatPlatform(pointer.image.platform));
      expect(alone.manifestDigest).toBe(pointer.manifestDigest);
    }
  });

  it('is compared platform by platform', async () => {
    const store = newPath('store');
    await take(images[0] ?? '', store);
    const { platforms } = await take(images[1] ?? '', store);
    expect(platforms).toHaveLength(PLATFORMS.length);
    for (const { comparisonDocument: comparison } of platforms) {
      expect(comparison?.summary).toMatchObject({ unchanged: 1, rebuilt: 1, added: 0, removed: 0 });
      expect(comparison?.files?.entries.map(({ path }) => path)).toEqual(['own']);
      expect(comparison?.base.platform).toEqual(comparison?.target.platform);
    }
  });
});
