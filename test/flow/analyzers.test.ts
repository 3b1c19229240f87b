import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Digest, digestOf, hexOf } from '../../src/base/digest.ts';
import type { Analyzers } from '../../src/core/analysis/analyzers.ts';
import { ANALYZERS } from '../../src/core/analysis/catalogue.ts';
import type { LayerReader } from '../../src/core/reading/layer-reader.ts';
import { snapshotBytes } from '../../src/core/snapshot/build-snapshot.ts';
import { assembleSnapshot, imageFragments } from '../../src/core/snapshot/snapshot.ts';
import type { Store } from '../../src/core/store/store.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import { packItem } from '../../src/core/surface/pack-item.ts';
import { payloadPath } from '../../src/core/surface/paths.ts';
import { readPayload } from '../../src/core/surface/read-payload.ts';
import { DEFAULT_TENANT as tenant } from '../../src/core/words/names.ts';
import type { Tools } from '../../src/entry/compose/tools.ts';
import type { BaselineRequest } from '../../src/flows/baseline/open-baseline.ts';
import { type PlatformResult, snapshotImage } from '../../src/flows/snapshot/snapshot-image.ts';
import { composeQuietTools } from '../support/compose-tools.ts';
import { releaseAnalyzer, scriptsAnalyzer, WITH_EXAMPLES } from '../support/example-analyzers.ts';
import { dir, file, symlink, writeImage } from '../support/hostile-images.ts';
import { makeOrigin } from '../support/item-makers.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const workerScript = new URL('../support/example-layer-worker.ts', import.meta.url);

const BASE = [
  dir('etc'),
  dir('usr'),
  dir('usr/lib'),
  file('usr/lib/os-release', 'ID=example\nNAME=Example\n'),
  symlink('etc/os-release', '../usr/lib/os-release'),
];
const APP = [file('run', '#!/bin/sh\n'), file('data'), file('data', 'again')];
const MORE = [file('more', '#!/bin/awk -f\n')];

interface Run extends PlatformResult {
  /** What was asked of the reader: layers by index, each with the analyzers that were to run. */
  readonly asked: readonly (readonly [index: number, ...analyzers: string[]])[];
}

let runs = 0;

async function run(
  store: Store,
  image: string,
  analyzers: Analyzers,
  baseline: BaselineRequest = { kind: 'none' },
): Promise<Run> {
  await using composed = composeQuietTools(store, { analyzers: { analyzers, workerScript } });
  const asked: [number, ...string[]][] = [];
  const tools: Tools = { ...composed, reader: listening(composed.reader, asked) };
  runs += 1;
  const time = new Date(Date.UTC(2026, 0, runs)).toISOString();
  const { platforms } = await snapshotImage(tools, {
    references: [image],
    built: null,
    platform: undefined,
    name: 'shop',
    tenant,
    baseline,
    save: true,
    comparing: {},
    run: { scanId: `run-${runs}`, time, version: '0.0.0', commit: null, branch: 'main', pullRequest: null },
  });
  return { ...platforms[0], asked };
}

function listening(reader: LayerReader, asked: [number, ...string[]][]): LayerReader {
  return {
    read(requests, onProgress) {
      for (const { index, want } of requests) asked.push([index, ...want.map(({ key }) => key.analyzer)]);
      return reader.read(requests, onProgress);
    },
  };
}

/** Its newest snapshot of the branch. */
const inStore = (store: Store): BaselineRequest => ({
  kind: 'store',
  store,
  situation: { kind: 'branch', branch: 'main', ancestors: [] },
});

const sha256Of = (text: string) => hexOf(digestOf(text));

const newStore = (root = folder('store')) => openDirectoryStore(root);
const inventories = ({ taken }: Run): readonly Digest[] =>
  taken.items.filter(({ kind }) => kind === 'layer.files').map(({ digest }) => digest);

async function releaseOf(store: Store, { taken }: Run): Promise<unknown> {
  const [fragment] = imageFragments(taken.snapshot);
  if (fragment === undefined) throw new Error('the image has no fragment');
  const { kind, digest } = fragment;
  const payload = await readPayload(store.surface, { tenant, kind, digest });
  return JSON.parse(payload?.toString() ?? 'null');
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a new analyzer', () => {
  const both: Analyzers = { layers: WITH_EXAMPLES.layers, images: [] };

  it('reads only what lacks its results, and nothing else runs again', async () => {
    const store = newStore();
    const first = await run(store, writeImage(folder('image'), [BASE, APP]), ANALYZERS);
    expect(first.asked).toEqual([
      [0, 'files@1'],
      [1, 'files@1'],
    ]);
    const image = writeImage(folder('image'), [BASE, APP, MORE]);
    const second = await run(store, image, both);
    expect(second.asked).toEqual([
      [0, 'scripts@1'],
      [1, 'scripts@1'],
      [2, 'files@1', 'scripts@1'],
    ]);
    expect(second.taken.snapshot.layers.map(({ fragments }) => fragments.map(({ kind }) => kind))).toEqual(
      Array(3).fill(['layer.files', 'layer.scripts']),
    );
    expect(inventories(second)).toEqual(expect.arrayContaining([...inventories(first)]));
    expect(second.taken.reading).toMatchObject({ read: 3, reused: 0 });
    expect(second.pointer.findings.map(({ layer, code }) => [layer, code])).toEqual([
      [1, 'script'],
      [2, 'script'],
    ]);
    expect((await run(store, image, both)).asked).toEqual([]);
  });

  it('takes nothing from what was known before it', async () => {
    const store = newStore();
    const image = writeImage(folder('image'), [BASE, APP]);
    const before = await run(store, image, ANALYZERS);
    const between = await run(store, image, both);
    const after = await run(store, image, ANALYZERS);
    expect(after.asked).toEqual([]);
    expect(after.pointer.snapshotDigest).toBe(before.pointer.snapshotDigest);
    expect(between.pointer.snapshotDigest).not.toBe(before.pointer.snapshotDigest);
    expect(before.taken.snapshot.schema).toBe('varve.snapshot@1');
    expect(await Array.fromAsync(verifyStore(store))).toEqual([]);
  });

  it('says how long its fragments are kept, and only of its own', async () => {
    const store = newStore();
    const { entry, taken } = await run(store, writeImage(folder('image'), [BASE]), both);
    const days = await Promise.all(
      taken.items.map(async ({ kind, digest }) => {
        const manifest = await store.surface.getManifest({ tenant: entry.tenant, kind, digest });
        const expiry = manifest?.expiresAt ?? null;
        return [kind, expiry && (Date.parse(expiry) - Date.parse(entry.time)) / 86_400_000];
      }),
    );
    expect(Object.fromEntries(days)).toEqual({
      'layer.files': 30,
      'layer.scripts': 7,
      'image.config': null,
      'image.manifest': null,
      'image.snapshot': null,
    });
  });

  it('is held against what a store has of other layers', async () => {
    const store = newStore();
    const image = writeImage(folder('image'), [BASE, APP]);
    const { taken } = await run(store, image, both);
    const [base, app] = taken.snapshot.layers;
    if (base === undefined || app === undefined) throw new Error('the image has two layers');
    await store.layers.forget(tenant, [app.diffId]);
    await store.layers.record(tenant, {
      ...taken.snapshot,
      layers: [{ ...app, fragments: base.fragments.filter(({ kind }) => kind === 'layer.scripts') }],
    });
    const again = await run(store, image, both);
    expect(again.asked).toEqual([[1, 'files@1', 'scripts@1']]);
    expect(again.notes).toEqual([expect.stringContaining(`is not of layer ${app.diffId}`)]);
    expect(again.pointer.snapshotDigest).toBe(taken.digest);
  });
});

describe('an analyzer of images', () => {
  it('reads fragments and files, and its fragment is in the snapshot and its manifest', async () => {
    const store = newStore();
    const result = await run(store, writeImage(folder('image'), [BASE, APP]), WITH_EXAMPLES);
    const { snapshot } = result.taken;
    expect(snapshot.schema).toBe('varve.snapshot@2');
    expect(await releaseOf(store, result)).toEqual({
      config: `image ${snapshot.config.digest}`,
      name: 'Example',
      scripts: ['run'],
    });
    const [fragment] = imageFragments(snapshot);
    expect(fragment).toMatchObject(releaseAnalyzer.key);
    expect(result.pointer.manifest.artifacts).toContainEqual(
      expect.objectContaining({ kind: 'test.release', digest: fragment?.digest, format: 'json' }),
    );
    // The file stands in the lowest layer: that one is read again for it, and no other.
    expect(result.asked.slice(2)).toEqual([[0, 'contents@1']]);
    expect(result.taken.reading).toMatchObject({ read: 2, reused: 0 });
    expect(await Array.fromAsync(verifyStore(store))).toEqual([]);
  });

  it('does not run again for an image that it knows', async () => {
    const store = newStore();
    const image = writeImage(folder('image'), [BASE, APP]);
    const first = await run(store, image, WITH_EXAMPLES);
    const analyze = vi.spyOn(releaseAnalyzer, 'analyze');
    const second = await run(store, image, WITH_EXAMPLES);
    expect(second.asked).toEqual([]);
    expect(analyze).not.toHaveBeenCalled();
    expect(second.pointer.snapshotDigest).toBe(first.pointer.snapshotDigest);
    expect(second.pointer.manifestDigest).toBe(first.pointer.manifestDigest);
  });

  it('runs again in another version, and for another image', async () => {
    const store = newStore();
    const image = writeImage(folder('image'), [BASE, APP]);
    const first = await run(store, image, WITH_EXAMPLES);
    const key = { ...releaseAnalyzer.key, analyzer: 'release@2' };
    const newer: Analyzers = { ...WITH_EXAMPLES, images: [{ ...releaseAnalyzer, key }] };
    const second = await run(store, image, newer);
    expect(second.asked).toEqual([[0, 'contents@1']]);
    expect(second.taken.reading).toMatchObject({ read: 1, reused: 1 });
    expect(imageFragments(second.taken.snapshot)).toMatchObject([key]);
    expect((await run(store, image, WITH_EXAMPLES)).asked).toEqual([]);
    const other = await run(store, writeImage(folder('image'), [APP, MORE]), WITH_EXAMPLES);
    expect(await releaseOf(store, other)).toMatchObject({ name: null, scripts: ['run', 'more'] });
    expect(other.pointer.findings).toContainEqual({ layer: null, code: 'unnamed' });
    expect(other.pointer.snapshotDigest).not.toBe(first.pointer.snapshotDigest);
  });

  it('has what it needs read again where the store has it damaged', async () => {
    const root = folder('store');
    const store = newStore(root);
    const image = writeImage(folder('image'), [BASE, APP]);
    const { taken } = await run(store, image, { layers: WITH_EXAMPLES.layers, images: [] });
    const scripts = taken.items.findLast(({ kind }) => kind === 'layer.scripts');
    if (scripts === undefined) throw new Error('the image has no scripts');
    const key = { tenant, kind: scripts.kind, digest: scripts.digest };
    // The head is sound, so that the damage shows when the whole is read.
    const analyze = vi.spyOn(scriptsAnalyzer, 'examine').mockReturnValue();
    writeFileSync(join(root, payloadPath(key, 'json')), 'damaged');
    const result = await run(store, image, WITH_EXAMPLES);
    analyze.mockRestore();
    expect(await releaseOf(store, result)).toMatchObject({ name: 'Example', scripts: ['run'] });
    expect(result.notes).toEqual([expect.stringContaining('is damaged')]);
    expect(await Array.fromAsync(verifyStore(store))).toEqual([]);
  });

  it('has layers analyzed again whose inventories state files that they do not have', async () => {
    const store = newStore();
    const image = writeImage(folder('image'), [BASE, APP]);
    const { taken } = await run(store, image, { layers: WITH_EXAMPLES.layers, images: [] });
    const [base] = taken.snapshot.layers;
    const honest = base?.fragments.find(({ kind }) => kind === 'layer.files');
    if (base === undefined || honest === undefined) throw new Error('the image has no inventory');
    const payload = await readPayload(store.surface, { tenant, ...honest });
    const forged =
      payload?.toString().replace(sha256Of('ID=example\nNAME=Example\n'), sha256Of('forged')) ?? '';
    const item = packItem(makeOrigin({ tenant }), 'layer.files', Buffer.from(forged), { format: 'ndjson' });
    await store.surface.put([item]);
    await store.layers.forget(tenant, [base.diffId]);
    const fragments = base.fragments.map((each) =>
      each === honest ? { ...each, digest: item.key.digest } : each,
    );
    await store.layers.record(tenant, { ...taken.snapshot, layers: [{ ...base, fragments }] });
    const result = await run(store, image, WITH_EXAMPLES);
    expect(await releaseOf(store, result)).toMatchObject({ name: 'Example' });
    expect(result.notes).toEqual([
      expect.stringContaining('states etc/os-release with bytes that no layer has'),
    ]);
    expect(inventories(result)).toEqual(expect.arrayContaining([honest.digest]));
  });

  it('is read again where its own fragment is damaged', async () => {
    const root = folder('store');
    const store = newStore(root);
    const image = writeImage(folder('image'), [BASE, APP]);
    const first = await run(store, image, WITH_EXAMPLES);
    const [fragment] = imageFragments(first.taken.snapshot);
    if (fragment === undefined) throw new Error('the image has no fragment');
    const path = payloadPath({ tenant, ...fragment }, 'json');
    writeFileSync(join(root, path), 'damaged');
    const second = await run(store, image, WITH_EXAMPLES);
    expect(second.asked).toEqual([[0, 'contents@1']]);
    expect(second.pointer.snapshotDigest).toBe(first.pointer.snapshotDigest);
    expect(await releaseOf(store, second)).toMatchObject({ name: 'Example' });
  });
});

describe('a baseline store', () => {
  it('shares the results of all analyzers, of the image as a whole too', async () => {
    const theirs = newStore();
    const image = writeImage(folder('image'), [BASE, APP]);
    const baseline = inStore(theirs);
    const first = await run(theirs, image, WITH_EXAMPLES, baseline);
    const own = newStore();
    const second = await run(own, image, WITH_EXAMPLES, baseline);
    expect(second.asked).toEqual([]);
    expect(second.pointer.snapshotDigest).toBe(first.pointer.snapshotDigest);
    expect(await releaseOf(own, second)).toMatchObject({ name: 'Example' });
    expect(second.change?.comparison.changed).toBe(false);
  });

  it('of one analyzer less shares what it has', async () => {
    const theirs = newStore();
    const image = writeImage(folder('image'), [BASE, APP]);
    const baseline = inStore(theirs);
    await run(theirs, image, ANALYZERS, baseline);
    const own = newStore();
    const second = await run(own, image, WITH_EXAMPLES, baseline);
    expect(second.asked).toEqual([
      [0, 'scripts@1'],
      [1, 'scripts@1'],
      [0, 'contents@1'],
    ]);
    expect(second.change?.comparison.changed).toBe(false);
    const third = await run(newStore(), image, WITH_EXAMPLES, baseline);
    expect(third.asked).toEqual([]);
  });

  it('is not believed that the result of another image is of this one', async () => {
    const theirs = newStore();
    const image = writeImage(folder('image'), [BASE, APP]);
    const baseline = inStore(theirs);
    const other = await run(theirs, writeImage(folder('image'), [BASE]), WITH_EXAMPLES, baseline);
    const mine = await run(theirs, image, WITH_EXAMPLES, baseline);
    const fragments = imageFragments(other.taken.snapshot);
    const forged = snapshotBytes(assembleSnapshot(mine.taken.snapshot, fragments));
    const { entry } = mine;
    const source = { scannerBuild: 'varve@0.0.0', imageDigest: null, scanId: 'forger' };
    const item = packItem({ tenant: entry.tenant, source, time: entry.time }, 'image.snapshot', forged);
    await theirs.surface.put([item]);
    await theirs.history.append({
      ...entry,
      time: '2026-12-01T00:00:00.000Z',
      snapshotDigest: item.key.digest,
    });
    const own = newStore();
    const result = await run(own, image, WITH_EXAMPLES, baseline);
    expect(result.notes).toEqual([
      expect.stringContaining(`is not of image ${mine.taken.snapshot.config.digest}`),
      expect.stringContaining('contradicts'),
    ]);
    expect(result.pointer.snapshotDigest).toBe(mine.taken.digest);
    expect(await releaseOf(own, result)).toMatchObject({ scripts: ['run'] });
  });
});
