import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentRoots, findStoredBlobs } from '../../src/adapters/engine-storage/containerd-content.ts';
import type { EngineStorage } from '../../src/adapters/engine-storage/engine-storage.ts';
import { findStoredLayers } from '../../src/adapters/engine-storage/find-stored.ts';
import { ThreadedLayerReader } from '../../src/adapters/layer-readers/threaded-layer-reader.ts';
import { type Digest, digestOf } from '../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { callOf } from '../../src/core/analysis/analyzer-key.ts';
import { ANALYZERS } from '../../src/core/analysis/catalogue.ts';
import type { LayerLocation, SourceLayer } from '../../src/core/image/image-source.ts';
import type { LayerReading } from '../../src/core/reading/layer-reader.ts';
import { sampleBytes } from '../support/compressed-streams.ts';
import { readFirstImage } from '../support/open-image.ts';
import { gnuLong, paxHeader, tarEntry, tarOf } from '../support/tar-writer.ts';
import { prepareBuildah } from './support/buildah.ts';
import { buildWithBuildah, buildWithDocker } from './support/built-images.ts';
import { debianImage } from './support/debian-image.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';

let folder = '';
let engine: DockerEngine;
let storage: EngineStorage;
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-storage-'));
  engine = await startDockerEngine(at('docker'));
  const { Driver, DockerRootDir } = JSON.parse(await engine.docker(['info', '--format', '{{json .}}']));
  storage = { driver: Driver, root: DockerRootDir };
});

afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The diffIDs of an image in the engine, in order. */
async function diffIdsOf(image: string): Promise<Digest[]> {
  return JSON.parse(await engine.docker(['image', 'inspect', image, '--format', '{{json .RootFS.Layers}}']));
}

/** Reads layers that must be the ones of these diffIDs. */
async function read(
  diffIds: readonly Digest[],
  locations: ReadonlyMap<Digest, LayerLocation>,
): Promise<LayerReading[]> {
  await using reader = new ThreadedLayerReader({
    limits: DEFAULT_LIMITS,
    analyzers: ANALYZERS.layers,
    workerScript: new URL('../../src/entry/layer-worker.ts', import.meta.url),
    inflateScript: new URL('../../src/entry/inflate-worker.ts', import.meta.url),
  });
  const requests = diffIds.map((diffId, index) => ({
    index,
    location: locations.get(diffId) ?? { kind: 'absent' as const, reason: 'not in the storage' },
    expected: { digest: null, size: null, diffId },
    want: ANALYZERS.layers.map(callOf),
  }));
  const readings: LayerReading[] = [];
  for await (const reading of reader.read(requests)) readings.push(reading);
  return readings.toSorted((a, b) => a.index - b.index);
}

function digestOfLayer({ digest }: SourceLayer): Digest {
  if (digest === null) throw new Error('every layer of a layout has a digest');
  return digest;
}

const told = (readings: readonly LayerReading[]) =>
  readings.map(({ diffId, uncompressedSize, findings, fragments }) => ({
    diffId,
    uncompressedSize,
    findings,
    fragments: fragments.map(({ digest }) => digest),
  }));

/** Reads each layer of an image from files, and of the same image from the storage. */
async function expectSame(image: string, { driver, root }: EngineStorage): Promise<void> {
  const { layers } = await readFirstImage(image);
  const diffIds = layers.map(({ diffId }) => diffId);
  expect(diffIds.length).toBeGreaterThan(1);
  const stored = findStoredLayers({ driver, root }, diffIds);
  const fromFiles = new Map(layers.map(({ diffId, location }) => [diffId, location]));
  expect(told(await read(diffIds, stored))).toEqual(told(await read(diffIds, fromFiles)));
}

/** Imports a tar, whose bytes become the layer. */
async function importTar(name: string, tar: Buffer): Promise<[Digest]> {
  writeFileSync(at(`${name}.tar`), tar);
  await engine.docker(['import', at(`${name}.tar`), name]);
  expect(await diffIdsOf(name)).toEqual([digestOf(tar)]);
  return [digestOf(tar)];
}

describe("layers in Docker's storage", () => {
  it('of a Debian image with layers of packages', async () => {
    const archive = at('debian.tar');
    await skopeoCopy(`oci:${await debianImage()}:debian`, `docker-archive:${archive}:debian:1`);
    await engine.docker(['load', '--input', archive]);
    await expectSame(`docker-archive:${archive}`, storage);
  });

  it('of an image that Docker built', async () => {
    const archive = await buildWithDocker(engine, at('built'));
    await expectSame(`docker-archive:${archive}`, storage);
  });

  it('of names, headers and tails that are hardly ever written', async () => {
    const content = sampleBytes(700_000);
    const tar = Buffer.concat([
      tarOf(
        tarEntry({ name: Buffer.from([0x64, 0x2f, 0xff, 0xe9]) }, 'no UTF-8'),
        tarEntry({ name: './d//e/./grüße <&> "\n' }, 'odd'),
        tarEntry({ name: '/rooted/file' }, content),
        tarEntry({ name: 'old', format: 'v7' }, 'v7'),
        gnuLong('L', `g/${'g'.repeat(230)}`),
        tarEntry({ name: 'short', format: 'gnu' }, 'long by gnu'),
        paxHeader([['path', `${'p'.repeat(200)}/${'q'.repeat(200)}`]]),
        tarEntry({ name: 'short' }, 'long by pax'),
        paxHeader([['comment', 'c'.repeat(20_000)]], 'g'),
        tarEntry({ name: 'd/link', type: '1', link: 'old' }),
        tarEntry({ name: 'd/.wh.gone' }),
        tarEntry({ name: 'd/.wh..wh..opq' }),
        tarEntry({ name: 'empty' }),
      ),
      sampleBytes(2 * 1024 * 1024 + 5, 7),
    ]);
    const diffIds = await importTar('odd', tar);
    const stored = findStoredLayers(storage, diffIds);
    const [reading] = await read(diffIds, stored);
    expect(reading).toMatchObject({ digest: digestOf(tar), size: tar.length });
  });

  it('that are sparse are told from what their files give', async () => {
    const records = { major: '1', minor: '0', name: 'holes', realsize: '100000' };
    const map = Buffer.from('2\n0\n512\n90112\n512\n'.padEnd(512, '\0'));
    const sparse = tarEntry({ name: 'GNUSparseFile.0/holes' }, Buffer.concat([map, sampleBytes(1024)]));
    const header = paxHeader(Object.entries(records).map(([key, value]) => [`GNU.sparse.${key}`, value]));
    const diffIds = await importTar('sparse', tarOf(header, sparse));
    await expect(read(diffIds, findStoredLayers(storage, diffIds))).rejects.toMatchObject({
      code: 'storage-differs',
      cause: { code: 'diff-id-mismatch' },
    });
  });

  it('that somebody changed are told, and the engine still has the others', async () => {
    const kept = await importTar('kept', tarOf(tarEntry({ name: 'file' }, 'kept')));
    const changed = await importTar('changed', tarOf(tarEntry({ name: 'file' }, 'changed')));
    const location = findStoredLayers(storage, changed).get(changed[0]);
    if (location?.kind !== 'tar-split') throw new Error('it is not in the storage');
    const readChanged = () => read(changed, findStoredLayers(storage, changed));
    truncateSync(join(location.root, 'file'), 3);
    await expect(readChanged()).rejects.toMatchObject({
      code: 'storage-differs',
      cause: { code: 'size-mismatch' },
    });
    writeFileSync(join(location.root, 'file'), 'CHANGED');
    await expect(readChanged()).rejects.toMatchObject({
      code: 'storage-differs',
      cause: { code: 'diff-id-mismatch' },
    });
    expect(await read(kept, findStoredLayers(storage, kept))).toHaveLength(1);
  });

  it('are gone when the image is', async () => {
    const diffIds = await importTar('removed', tarOf(tarEntry({ name: 'file' }, 'removed')));
    expect(findStoredLayers(storage, diffIds).size).toBe(1);
    await engine.docker(['image', 'rm', 'removed']);
    expect(findStoredLayers(storage, diffIds).size).toBe(0);
  });
});

describe("layers in Podman's storage", () => {
  it('with overlay, of a Debian image', async () => {
    const root = at('podman');
    const layout = `oci:${await debianImage()}:debian`;
    await skopeoCopy(layout, `containers-storage:[overlay@${root}+${root}-run]debian:1`);
    try {
      await expectSame(layout, { driver: 'overlay', root });
    } finally {
      // Its driver leaves its own folder mounted, and it could not be removed.
      await run('umount', [join(root, 'overlay')]).catch(() => undefined);
    }
  });

  it('with vfs, of an image that Buildah built', async () => {
    const buildah = await prepareBuildah(at('buildah'));
    const image = await buildWithBuildah(buildah, at('buildah-built'));
    await expectSame(`oci:${image}`, { driver: 'vfs', root: at('buildah/storage') });
  });
});

describe("blobs in containerd's content store", () => {
  it('are found below the storage of the engine that started it', async () => {
    const layout = await debianImage();
    const archive = at('layout.tar');
    await run('tar', ['--create', '--file', archive, '--directory', layout, '.']);
    await engine.ctr('images', 'import', '--no-unpack', '--base-name', 'debian', archive);
    const { layers, manifest } = await readFirstImage(`oci:${layout}:debian`);
    const blobs = findStoredBlobs(contentRoots(storage.root), layers.map(digestOfLayer));
    const diffIds = layers.map(({ diffId }) => diffId);
    const locations = new Map<Digest, LayerLocation>();
    for (const layer of layers) {
      const blob = blobs.get(digestOfLayer(layer));
      if (blob !== undefined) locations.set(layer.diffId, blob);
    }
    expect((await read(diffIds, locations)).map(({ digest }) => digest)).toEqual(layers.map(digestOfLayer));
    if (manifest === null) throw new Error('a layout has a manifest');
    const [document] = findStoredBlobs(contentRoots(storage.root), [manifest.digest]).values();
    expect(readFileSync(document?.path ?? '').equals(manifest.bytes)).toBe(true);
  });
});
