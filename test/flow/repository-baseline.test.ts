import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../src/base/canonical-json.ts';
import { digestOf } from '../../src/base/digest.ts';
import { VarveError } from '../../src/base/errors.ts';
import type { ArtifactPlace } from '../../src/core/artifact/artifact-place.ts';
import { HISTORY_FILE, MANIFESTS_FILE } from '../../src/core/pack/pack.ts';
import { readSnapshot } from '../../src/core/snapshot/read-snapshot.ts';
import type { SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import { packItem } from '../../src/core/surface/pack-item.ts';
import { buildSurfaceManifest, listItem } from '../../src/core/surface/surface-manifest.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { makeOrigin } from '../support/item-makers.ts';
import { type EditableManifest, MemoryPlace, titleOf } from '../support/memory-place.ts';
import { missingFrom, numberedRun, saveRun } from '../support/numbered-runs.ts';
import type { OnlyPlatform } from '../support/only-platform.ts';
import { RepositoryRuns, repositoryStore } from '../support/repository-runs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const images: Record<'old' | 'new', string> = { old: '', new: '' };
/** What a first run of the old image left; what a run says that finds nothing, and one whose baseline is sound. */
const seed = new MemoryPlace();
let alone: OnlyPlatform;
let sound: OnlyPlatform;

beforeAll(async () => {
  const base = await makeLayer({ 'etc/os-release': 'ID=test', 'usr/bin/tool': 'tool' });
  for (const name of ['old', 'new'] as const) {
    const image = makeImage([base, await makeLayer({ 'app/version': name })]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
  alone = await new RepositoryRuns(new MemoryPlace(), newPath).push(images.new);
  await new RepositoryRuns(seed, newPath).push(images.old);
  sound = await new RepositoryRuns(seed.copy(), newPath, 1).push(images.new);
});

/** Runs against what the edit made of an earlier run's artifact. */
async function runPoisoned(edit: (manifest: EditableManifest, place: MemoryPlace) => void) {
  const place = seed.copy();
  const runs = new RepositoryRuns(place, newPath, 1);
  place.edit((manifest) => edit(manifest, place));
  const result = await runs.push(images.new);
  return { result, again: await runs.push(images.new) };
}

const notesOf = ({ report }: OnlyPlatform) => report.images.flatMap(({ notes }) => notes);

/** The image is the same, and what could not be used is said. */
function expectSameImage(result: OnlyPlatform): void {
  expect(result.pointer.snapshotDigest).toBe(alone.pointer.snapshotDigest);
  expect(result.surfaceManifest).toEqual(alone.surfaceManifest);
  expect(result.keptIn).toBe('oci://memory/place');
  if (result.comparison === null || result.pointer.layers.read > sound.pointer.layers.read) {
    expect(notesOf(result)).not.toEqual([]);
  }
}

/** There is no comparison, or it is the one that a sound baseline gives. */
function expectTrueComparison({ comparison }: OnlyPlatform): void {
  expect([null, sound.comparison]).toContainEqual(comparison);
}

const EDITS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'a changed byte': (bytes) =>
    Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte))),
  'a missing half': (bytes) => bytes.subarray(0, bytes.length >> 1),
  'no bytes': () => Buffer.alloc(0),
  'a megabyte more': (bytes) => Buffer.concat([bytes, Buffer.alloc(1024 * 1024, 'x')]),
};
const FILES = ['image.config-', 'image.snapshot-', 'layer.files-', HISTORY_FILE, MANIFESTS_FILE];

describe('a repository as baseline', () => {
  it('is compared with, and what is reused is not read', () => {
    expect(sound.pointer.baseline?.place).toBe('oci://memory/place');
    expect(sound.comparison?.summary).toMatchObject({ unchanged: 1, rebuilt: 1 });
    expect(sound.pointer.layers).toMatchObject({ reused: 1, read: 1 });
    expect(notesOf(sound)).toEqual([]);
  });

  it('is sent nothing that it has', async () => {
    const place = seed.copy();
    const runs = new RepositoryRuns(place, newPath, 1);
    const before = [...place.blobs.keys()];
    await runs.push(images.old);
    const added = [...place.blobs.keys()].filter((digest) => !before.includes(digest));
    // The entry, and the line of history that it is.
    expect(added).toHaveLength(2);
    expect(await Array.fromAsync(verifyStore(repositoryStore(place, true)))).toEqual([]);
  });
});

describe('an artifact that was edited', () => {
  const cases = FILES.flatMap((file) => Object.keys(EDITS).map((edit) => [file, edit] as const));

  it.each(cases)('changes nothing of what is said of the image: %s with %s', async (file, edit) => {
    const { result, again } = await runPoisoned(({ layers }, place) => {
      for (const layer of layers.filter((each) => titleOf(each).startsWith(file))) {
        place.replace(layer, EDITS[edit]?.(place.bytesOf(layer)) ?? Buffer.alloc(0));
      }
    });
    expectSameImage(result);
    expectTrueComparison(result);
    expect(again.comparison?.changed).toBe(false);
    expect(again.pointer.layers.read).toBe(0);
  });

  it.each(FILES)('changes nothing of what is said of the image: without %s', async (file) => {
    const { result, again } = await runPoisoned((manifest) => {
      manifest.layers = manifest.layers.filter((each) => !titleOf(each).startsWith(file));
    });
    expect(result.pointer.snapshotDigest).toBe(alone.pointer.snapshotDigest);
    expect(result.surfaceManifest).toEqual(alone.surfaceManifest);
    // What is gone was not analyzed: sections are null, and nothing in them is made up.
    const { files = null, config = null } = result.comparison ?? {};
    expect([null, sound.comparison?.files]).toContainEqual(files);
    expect([null, sound.comparison?.config]).toContainEqual(config);
    expect(again.comparison?.changed).toBe(false);
  });

  it.each<[string, (place: MemoryPlace, manifest: EditableManifest) => void]>([
    ['its blobs gone', (place) => place.blobs.clear()],
    [
      'one payload in the place of another',
      (_, { layers }) => {
        const [one, other] = layers.filter((each) => titleOf(each).startsWith('layer.files'));
        Object.assign(one ?? {}, { digest: other?.digest, size: other?.size });
      },
    ],
    [
      'a title that leads out',
      (_, { layers }) => {
        Object.assign(layers[0]?.annotations ?? {}, { 'org.opencontainers.image.title': '../../etc/passwd' });
      },
    ],
    [
      'layers of an image',
      (_, { layers }) => {
        Object.assign(layers[0] ?? {}, { mediaType: 'application/vnd.oci.image.layer.v1.tar' });
      },
    ],
    [
      'sizes that are lies',
      (_, { layers }) => {
        for (const layer of layers) layer.size += 1;
      },
    ],
    ['no entry', (_, { config }) => Object.assign(config, { data: undefined })],
  ])('changes nothing of what is said of the image: with %s', async (_, edit) => {
    const { result } = await runPoisoned((manifest, place) => edit(place, manifest));
    expectSameImage(result);
    expectTrueComparison(result);
    expect(notesOf(result)).not.toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['manifests of another schema', MANIFESTS_FILE, { schema: 'stellaops.surface.manifest@2' }],
    ['manifests of another tenant', MANIFESTS_FILE, { tenant: 'other' }],
    ['manifests with a field too many', MANIFESTS_FILE, { trusted: true }],
    ['manifests of a kind that is a path', MANIFESTS_FILE, { kind: '../../etc' }],
    ['manifests of other digests', MANIFESTS_FILE, { digest: `sha256:${'0'.repeat(64)}` }],
  ])('changes nothing of what is said of the image: %s', async (_, file, change) => {
    const { result } = await runPoisoned(({ layers }, place) => {
      for (const layer of layers.filter((each) => titleOf(each) === file)) {
        const lines = gunzipSync(place.bytesOf(layer)).toString().trimEnd().split('\n');
        const edited = lines.map((line) => `${canonicalBytes({ ...JSON.parse(line), ...change })}\n`);
        place.replace(layer, gzipSync(edited.join('')));
      }
    });
    expectSameImage(result);
    expect(notesOf(result)).not.toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another schema', { schema: 'varve.history@2' }],
    ['another tenant', { tenant: 'other' }],
    ['another name', { name: 'ship' }],
    ['a field too many', { trusted: true }],
    ['a time to come', { time: '2030-01-01T00:00:00.000Z' }],
  ])('is skipped, and that is said: an entry with %s', async (_, change) => {
    const { result } = await runPoisoned(({ config }, place) => {
      place.replace(config, canonicalBytes({ ...JSON.parse(place.bytesOf(config).toString()), ...change }));
    });
    expectSameImage(result);
    expect(result.comparison).toBeNull();
    expect(notesOf(result)).toEqual([expect.stringContaining('damaged')]);
  });
});

describe('an entry that is consistent in itself', () => {
  /** Keeps a snapshot that nobody took, as the newest snapshot of the branch. */
  async function runForged(forge: (layers: SnapshotLayer[]) => void): Promise<OnlyPlatform> {
    const place = new MemoryPlace();
    const runs = new RepositoryRuns(place, newPath);
    await runs.push(images.new);
    const { surface, history } = repositoryStore(place, true);
    const [entry] = await Array.fromAsync(history.list({ tenant: 'default', name: 'shop' }));
    if (entry === undefined) throw new Error('no entry');
    const { tenant, snapshotDigest, surfaceManifestDigest } = entry;
    const snapshot = await readSnapshot(surface, tenant, snapshotDigest);
    const image = await surface.getSurfaceManifest(tenant, surfaceManifestDigest);
    if (snapshot === null || image === null) throw new Error('no snapshot');
    forge(snapshot.layers);
    const forged = packItem(makeOrigin({ tenant }), 'image.snapshot', canonicalBytes(snapshot));
    const kept = image.artifacts.filter(({ kind }) => kind !== 'image.snapshot');
    const forgedImage = buildSurfaceManifest({
      ...{ tenant, imageDigest: image.imageDigest, source: image.source },
      artifacts: [...kept, listItem(forged)],
    });
    await surface.put([forged]);
    await history.append({
      ...entry,
      time: '2026-01-01T00:01:30.000Z',
      snapshotDigest: forged.key.digest,
      surfaceManifestDigest: await surface.putSurfaceManifest(forgedImage),
    });
    return runs.push(images.new);
  }

  function expectRejected(result: OnlyPlatform, claim: string): void {
    expect(result.comparison).toBeNull();
    expect(result.pointer.layers.reused).toBe(0);
    expect(notesOf(result)).toEqual([
      expect.stringContaining(claim),
      expect.stringMatching(/^the baseline in oci:.* cannot be used \(.* contradicts snapshot .*\)$/),
    ]);
  }

  it('binds no blob of the image to another layer', async () => {
    const result = await runForged(([first, second]) => {
      if (first && second) Object.assign(first, { diffId: digestOf('another layer') });
    });
    expectRejected(result, 'says that blob');
    expect(result.pointer.snapshotDigest).toBe(alone.pointer.snapshotDigest);
    expect(result.surfaceManifest).toEqual(alone.surfaceManifest);
  });

  it('gives no layer of the image the inventory of another', async () => {
    const result = await runForged(([first, second]) => {
      if (first && second) Object.assign(first, { fragments: second.fragments });
    });
    expectRejected(result, 'is not the inventory of layer');
    expect(result.pointer.snapshotDigest).toBe(alone.pointer.snapshotDigest);
    expect(result.surfaceManifest).toEqual(alone.surfaceManifest);
  });
});

/** A place that goes away at its n-th question, and stays away. */
function goneAfter(place: MemoryPlace, questions: number): ArtifactPlace {
  let left = questions;
  const ask = (): void => {
    if (left-- <= 0) throw new VarveError('unreachable', 'the server went away');
  };
  return {
    location: place.location,
    async pushBlob(...given) {
      ask();
      return place.pushBlob(...given);
    },
    async pushManifest(...given) {
      ask();
      return place.pushManifest(...given);
    },
    async fetchManifest(reference) {
      ask();
      return place.fetchManifest(reference);
    },
    async *readBlob(blob) {
      ask();
      yield* place.readBlob(blob);
    },
    async listTags() {
      ask();
      return place.listTags();
    },
  };
}

it('a repository that goes away at any moment of a run is said, and changes nothing else', async () => {
  const outcomes = new Set<string>();
  for (let questions = 0; ; questions++) {
    const place = seed.copy();
    const result = await new RepositoryRuns(goneAfter(place, questions), newPath, 1).push(images.new);
    expect(result.pointer.snapshotDigest).toBe(alone.pointer.snapshotDigest);
    expect(result.surfaceManifest).toEqual(alone.surfaceManifest);
    expectTrueComparison(result);
    const compared = result.comparison === null ? 'first' : 'compared';
    outcomes.add(`${compared}, ${result.keptIn === null ? 'lost' : 'kept'}`);
    if (result.keptIn === null) expect(notesOf(result).join()).toContain('the server went away');
    expect(await Array.fromAsync(verifyStore(repositoryStore(place, true)))).toEqual([]);
    if (result.comparison !== null && result.keptIn !== null) break;
  }
  expect(outcomes).toEqual(new Set(['first, lost', 'compared, lost', 'compared, kept']));
});

describe('writers', () => {
  it('lose nothing to each other', async () => {
    const place = new MemoryPlace();
    const runs = Array.from({ length: 8 }, (_, number) => numberedRun(number));
    await Promise.all(runs.map((run) => saveRun(repositoryStore(place), run)));
    const store = repositoryStore(place, true);
    for (const run of runs) expect(await missingFrom(store, run)).toEqual([]);
    expect(await Array.fromAsync(verifyStore(store))).toEqual([]);
  });

  it('that die at any step leave what was acknowledged, and nothing half done', async () => {
    for (let step = 1, done = false; !done; step++) {
      const place = new MemoryPlace();
      await saveRun(repositoryStore(place), numberedRun(0));
      let steps = 0;
      place.beforeWrite = () => {
        if (++steps >= step) throw new VarveError('internal', 'killed');
      };
      done = await saveRun(repositoryStore(place), numberedRun(1)).then(
        () => true,
        () => false,
      );
      const store = repositoryStore(place, true);
      expect(await missingFrom(store, numberedRun(0))).toEqual([]);
      expect(await Array.fromAsync(verifyStore(store))).toEqual([]);
      const entries = await Array.fromAsync(store.history.list({ tenant: 'acme', name: 'app' }));
      if (done || entries.length === 2) expect(await missingFrom(store, numberedRun(1))).toEqual([]);
    }
  });

  it('whose earlier payloads were lost still keep their entry', async () => {
    const place = new MemoryPlace();
    const run = numberedRun(0);
    await saveRun(repositoryStore(place), run);
    const store = repositoryStore(place);
    await store.surface.getSurfaceManifest('acme', run.entry.surfaceManifestDigest);
    for await (const _ of store.history.list({ tenant: 'acme', name: 'app' })) break;
    await store.surface.getSurfaceManifest('acme', run.entry.surfaceManifestDigest);
    const [payload = ''] = [...place.blobs].flatMap(([digest, bytes]) =>
      bytes.readUInt32LE() === 0xfd2fb528 ? [digest] : [],
    );
    place.blobs.delete(payload);
    await store.history.append({ ...run.entry, time: '2026-02-01T00:00:00.000Z', scanId: 'later' });
    const entries = await Array.fromAsync(
      repositoryStore(place).history.list({ tenant: 'acme', name: 'app' }),
    );
    expect(entries.map(({ scanId }) => scanId)).toEqual(['later', 'run 0']);
  });

  it('leave tags to what else they name: the repository may be that of the image', async () => {
    const place = new MemoryPlace();
    const image = Buffer.from('{"schemaVersion":2,"config":{},"layers":[]}');
    const index = Buffer.from('{"schemaVersion":2,"manifests":[]}');
    place.manifests.set('latest', image).set('main', index).set('2026-01-01', Buffer.from('<html>'));
    const run = numberedRun(0);
    await saveRun(repositoryStore(place), { ...run, entry: { ...run.entry, branch: 'main' } });
    expect(['latest', 'main', '2026-01-01'].map((tag) => `${place.manifests.get(tag)}`)).toEqual([
      `${image}`,
      `${index}`,
      '<html>',
    ]);
    expect(await missingFrom(repositoryStore(place, true), run)).toEqual([]);
  });

  it('let tags follow where they may be moved, and else keep their entry all the same', async () => {
    const place = new MemoryPlace();
    const moving = async (): Promise<string[]> =>
      (await place.listTags()).filter((tag) => !tag.startsWith('h-')).sort();
    place.beforeWrite = (what) => {
      if (/^manifest (?!h-)/.test(what)) throw new VarveError('denied', 'tags are immutable');
    };
    await saveRun(repositoryStore(place), numberedRun(0));
    expect(await moving()).toEqual([]);
    place.beforeWrite = () => undefined;
    const run = numberedRun(1);
    await saveRun(repositoryStore(place), { ...run, entry: { ...run.entry, branch: 'main' } });
    expect(await moving()).toEqual(['2026-01-03', 'latest', 'main']);
    expect(await missingFrom(repositoryStore(place, true), numberedRun(0))).toEqual([]);
  });
});
