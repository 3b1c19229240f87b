import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report/report.ts';
import type { Snapshot, SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';
import type { Store } from '../../src/core/store/store.ts';
import { packItem } from '../../src/core/surface/pack-item.ts';
import { readPayload } from '../../src/core/surface/read-payload.ts';
import type { BaselineRequest } from '../../src/flows/baseline/open-baseline.ts';
import { compareImages } from '../../src/flows/compare/compare-images.ts';
import { snapshotImage } from '../../src/flows/snapshot/snapshot-image.ts';
import { composeQuietTools } from '../support/compose-tools.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { makeOrigin } from '../support/item-makers.ts';
import { linkFolder } from '../support/link-folder.ts';
import { type OnlyPlatform, onlyPlatform } from '../support/only-platform.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFolder = temporaryFolder();
/** Large enough that an inventory has parts which its reader can do without. */
const fixture = (name: string): string =>
  `oci:${join(import.meta.dirname, '../../__fixtures__', name)}:shop:${name.slice(-2)}`;
/** Small enough to be read again for each file of a store. */
const images: Record<'v1' | 'v2', string> = { v1: '', v2: '' };

beforeAll(async () => {
  const base = await makeLayer({ 'etc/os-release': 'ID=test', 'usr/bin/tool': 'tool' });
  for (const name of ['v1', 'v2'] as const) {
    const [code, notes] = [await makeLayer({ 'app/main': name }), await makeLayer({ 'app/notes': name })];
    const image = makeImage([base, code, notes]);
    images[name] = `oci:${writeFolder(newFolder(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
});

let scans = 0;
const newStore = (): Store => openDirectoryStore(newFolder('store'));

/** A run whose baseline is the store that it writes to, if no other is given. */
async function run(
  store: Store,
  reference: string,
  baseline?: BaselineRequest,
  more: { readonly reread?: boolean } = {},
): Promise<OnlyPlatform> {
  await using tools = composeQuietTools(store);
  const result = await snapshotImage(
    { ...tools, ...more },
    {
      references: [reference],
      built: null,
      platform: { os: 'linux', architecture: 'amd64' },
      name: 'shop',
      tenant: 'acme',
      baseline: baseline ?? { kind: 'store', store, situation: { kind: 'unversioned' } },
      save: true,
      comparing: {},
      run: {
        ...{ scanId: `scan ${++scans}`, time: new Date().toISOString(), version: '0.0.0' },
        ...{ commit: null, branch: null, pullRequest: null },
      },
    },
  );
  return onlyPlatform(result);
}

type Forge = (layer: SnapshotLayer, next: SnapshotLayer) => SnapshotLayer;

/** Has the store know nothing of layers but what a forger made of a snapshot. */
async function forgeRecords({ layers: records }: Store, snapshot: Snapshot, forge: Forge): Promise<void> {
  const { layers } = snapshot;
  const forged = layers.map((layer, at) => forge(layer, layers[(at + 1) % layers.length] ?? layer));
  await records.forget(
    'acme',
    layers.map(({ diffId }) => diffId),
  );
  await records.record('acme', { ...snapshot, layers: forged });
}

const notesOf = ({ report }: OnlyPlatform) => report.images.flatMap(({ notes }) => notes);

/** All files under a folder. */
const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();

/** Edits every inventory so that its header can still be read. */
function damageInventories(root: string): void {
  for (const path of filesIn(root).filter((each) => /payloads.*layer\.files/.test(each))) {
    const bytes = readFileSync(join(root, path));
    bytes[bytes.length >> 1] = ~(bytes[bytes.length >> 1] ?? 0);
    writeFileSync(join(root, path), bytes);
  }
}

describe('a store of which any file was edited', () => {
  it.each<[string, (bytes: Buffer) => Buffer]>([
    [
      'has another byte',
      (bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte))),
    ],
    ['is half there', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['is empty', () => Buffer.alloc(0)],
    ['is a megabyte longer', (bytes) => Buffer.concat([bytes, Buffer.alloc(1024 * 1024, 'x')])],
  ])('reports what it costs, and says nothing else about the image: one %s', async (_, edit) => {
    const root = newFolder('store');
    await run(openDirectoryStore(root), images.v1);
    const intact = newFolder('intact');
    linkFolder(root, intact);
    const sound = await run(openDirectoryStore(intact), images.v2);
    expect(filesIn(root).length).toBeGreaterThan(20);
    for (const path of filesIn(root)) {
      const edited = newFolder('edited');
      linkFolder(root, edited);
      const file = join(edited, path);
      const bytes = edit(readFileSync(file));
      rmSync(file);
      writeFileSync(file, bytes);
      const result = await run(openDirectoryStore(edited), images.v2);
      expect(result.pointer.snapshotDigest, path).toBe(sound.pointer.snapshotDigest);
      expect(result.surfaceManifest, path).toEqual(sound.surfaceManifest);
      const costs = result.comparison === null || result.pointer.layers.read > sound.pointer.layers.read;
      if (result.comparison !== null) expect(result.comparison, path).toEqual(sound.comparison);
      expect([path, notesOf(result).length > 0]).toEqual([path, costs]);
    }
  });
});

describe('records of layers that are sound in themselves, and untrue', () => {
  it.each<[string, Forge, string]>([
    [
      'the inventory of another layer',
      (layer, { fragments }) => ({ ...layer, fragments }),
      'is not the inventory of layer',
    ],
    [
      'another size',
      (layer) => ({ ...layer, uncompressedSize: layer.uncompressedSize + 512 }),
      'is not the inventory of layer',
    ],
    ['the blob of another layer', (layer, { digest }) => ({ ...layer, digest }), 'is not recorded as layer'],
  ])('are told, change nothing of what is said of the image, and are mended: %s', async (_, forge, told) => {
    const sound = await run(newStore(), images.v2);
    const store = newStore();
    const { taken } = await run(store, images.v1);
    await forgeRecords(store, taken.snapshot, forge);
    const forged = await run(store, images.v2);
    const { pointer, surfaceManifest, taken: again } = forged;
    expect(pointer.snapshotDigest).toBe(sound.pointer.snapshotDigest);
    expect(surfaceManifest).toEqual(sound.surfaceManifest);
    expect(again.reading.reused).toBe(0);
    expect(notesOf(forged)).toEqual([expect.stringContaining(told)]);
    const next = await run(store, images.v2);
    expect(next).toMatchObject({ comparison: { changed: false }, taken: { reading: { read: 0 } } });
    expect(notesOf(next)).toEqual([]);
  });
});

it('an inventory that is sound in itself, of the very layer, and untrue is found out by reading again', async () => {
  const store = newStore();
  const { taken } = await run(store, images.v1);
  const origin = makeOrigin({ tenant: 'acme' });
  const forged: SnapshotLayer[] = [];
  for (const layer of taken.snapshot.layers) {
    const [fragment] = layer.fragments;
    if (fragment === undefined) throw new Error('each layer has an inventory');
    const key = { tenant: 'acme', kind: fragment.kind, digest: fragment.digest };
    const text = (await readPayload(store.surface, key))?.toString() ?? '';
    const item = packItem(origin, fragment.kind, Buffer.from(text.replaceAll('"0644"', '"4755"')), {
      format: 'ndjson',
    });
    await store.surface.put([item]);
    forged.push({ ...layer, fragments: [{ ...fragment, digest: item.key.digest }] });
  }
  await forgeRecords(store, taken.snapshot, (layer) => forged[layer.index] ?? layer);
  const believing = await run(store, images.v1, { kind: 'none' });
  expect(believing.pointer.snapshotDigest).not.toBe(taken.digest);

  const again = await run(store, images.v1, { kind: 'none' }, { reread: true });
  expect(again.pointer.snapshotDigest).toBe(taken.digest);
  expect(again.pointer.layers).toMatchObject({ reused: 0, read: 3 });
  expect(notesOf(again)).toEqual([expect.stringContaining('is not what layer')]);
  const next = await run(store, images.v1, { kind: 'none' });
  expect(next.pointer).toMatchObject({ snapshotDigest: taken.digest, layers: { read: 0 } });
  expect(notesOf(next)).toEqual([]);
});

describe('a comparison of images', () => {
  const request = {
    base: fixture('app-v1'),
    target: fixture('app-v2'),
    comparing: {},
    origin: makeOrigin(),
  };
  const notesOf = ({ report }: { readonly report: Report }) => report.images.flatMap(({ notes }) => notes);

  it('mends what the store has damaged of them, and says so once', async () => {
    const root = newFolder('store');
    const store = openDirectoryStore(root);
    await using tools = composeQuietTools(store);
    const sound = await compareImages(tools, { ...request, kept: store }, undefined);
    damageInventories(root);
    const mended = await compareImages(tools, { ...request, kept: store }, undefined);
    expect(mended.comparison).toEqual(sound.comparison);
    expect(notesOf(mended)).toContainEqual(expect.stringContaining('every layer was read again'));
    const again = await compareImages(tools, { ...request, kept: store }, undefined);
    expect(again.comparison).toEqual(sound.comparison);
    expect(notesOf(again)).toEqual([]);
  });

  it('fails for damage in a stored snapshot that has no image at hand', async () => {
    const root = newFolder('store');
    const store = openDirectoryStore(root);
    await using tools = composeQuietTools(store);
    const base = (await run(store, fixture('app-v1'))).pointer.snapshotDigest;
    damageInventories(root);
    await expect(compareImages(tools, { ...request, base, kept: store }, undefined)).rejects.toMatchObject({
      kind: 'bytes',
    });
  });
});

it('an image as baseline is read again where the store has it damaged', async () => {
  const root = newFolder('store');
  const store = openDirectoryStore(root);
  const baseline = { kind: 'image', reference: fixture('app-v1') } as const;
  const sound = await run(store, fixture('app-v2'), baseline);
  damageInventories(root);
  const mended = await run(store, fixture('app-v2'), baseline);
  expect(mended.comparison).toEqual(sound.comparison);
  expect(mended.surfaceManifest).toEqual(sound.surfaceManifest);
  expect(notesOf(mended)).toContainEqual(expect.stringContaining('every layer was read again'));
  const again = await run(store, fixture('app-v2'), baseline);
  expect(again.comparison).toEqual(sound.comparison);
  expect(notesOf(again)).toEqual([]);
});
