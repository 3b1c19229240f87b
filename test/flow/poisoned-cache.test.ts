import { beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { HISTORY_FILE, MANIFESTS_FILE } from '../../src/core/pack/pack.ts';
import type { SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';
import { type CachedRunOutcome, CachedRuns } from '../support/cached-runs.ts';
import { editLines, forgeSnapshot, type PackFiles } from '../support/forge-pack.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryCache } from '../support/memory-cache.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const commit = (letter: string): string => letter.repeat(40);
const images: Record<'old' | 'new', string> = { old: '', new: '' };
/** What a first run of the old image left, and what a run says that finds nothing. */
const seed = new MemoryCache();
let alone: CachedRunOutcome;

beforeAll(async () => {
  const base = await makeLayer({ 'etc/os-release': 'ID=test', 'usr/bin/tool': 'tool' });
  for (const name of ['old', 'new'] as const) {
    const image = makeImage([base, await makeLayer({ 'app/version': name })]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
  await new CachedRuns(seed, newPath).push(images.old, 'main', commit('a'));
  alone = await new CachedRuns(new MemoryCache(), newPath, 1).push(images.new, 'main', commit('b'));
});

/** Runs against what the edit made of an earlier run's entry. */
async function runPoisoned(edit: (files: PackFiles) => void): Promise<CachedRunOutcome> {
  const cache = seed.copy();
  for (const { files } of cache.entries) edit(files);
  return new CachedRuns(cache, newPath, 1).push(images.new, 'main', commit('b'));
}

const damageNotes = ({ report }: CachedRunOutcome) =>
  report.images.flatMap(({ notes }) => notes).filter((note) => note.includes('is damaged and was not used'));

function expectFirstRun(result: CachedRunOutcome, object: string): void {
  expect(result.pointer).toEqual(alone.pointer);
  expect(result).toMatchObject({ comparison: null, keptIn: 'cache' });
  expect(damageNotes(result)).toEqual([expect.stringContaining(object)]);
}

const EDITS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | null>> = {
  'a changed byte': (bytes) => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)),
  'a missing half': (bytes) => bytes.subarray(0, bytes.length >> 1),
  'no bytes': () => new Uint8Array(),
  'a megabyte more': (bytes) => Buffer.concat([bytes, Buffer.alloc(1024 * 1024, 'x')]),
  'nothing there': () => null,
};
const KINDS = ['image.config', 'image.snapshot', 'layer.files', HISTORY_FILE, MANIFESTS_FILE];

describe('an entry that was edited', () => {
  const cases = KINDS.flatMap((kind) => Object.keys(EDITS).map((edit) => [kind, edit] as const));

  it.each(cases)('is reported and not used: %s with %s', async (kind, edit) => {
    const result = await runPoisoned((files) => {
      const [name = ''] = [...files.keys()].filter((each) => each.startsWith(kind));
      const edited = EDITS[edit]?.(files.get(name) ?? new Uint8Array()) ?? null;
      if (edited === null) files.delete(name);
      else files.set(name, edited);
    });
    expectFirstRun(result, kind);
  });

  it('is reported and not used when one payload stands in for another', async () => {
    const result = await runPoisoned((files) => {
      const [one = '', other = ''] = [...files.keys()].filter((name) => name.startsWith('layer.files'));
      files.set(one, files.get(other) ?? new Uint8Array());
    });
    expectFirstRun(result, 'layer.files');
  });

  const LINES: readonly (readonly [what: string, file: string, change: Record<string, unknown>])[] = [
    ['a history of another schema', HISTORY_FILE, { schema: 'varve.history@2' }],
    ['a history of another tenant', HISTORY_FILE, { tenant: 'other' }],
    ['a history with a field too many', HISTORY_FILE, { trusted: true }],
    ['a history of a time to come', HISTORY_FILE, { time: 'tomorrow' }],
    ['manifests of another schema', MANIFESTS_FILE, { schema: 'stellaops.surface.manifest@2' }],
    ['manifests of another tenant', MANIFESTS_FILE, { tenant: 'other' }],
    ['manifests with a field too many', MANIFESTS_FILE, { trusted: true }],
    ['manifests of a kind that is a path', MANIFESTS_FILE, { kind: '../../etc' }],
    ['manifests of other digests', MANIFESTS_FILE, { digest: `sha256:${'0'.repeat(64)}` }],
  ];

  it.each(LINES)('is reported and not used: %s', async (_, file, change) => {
    const result = await runPoisoned((files) => editLines(files, file, (line) => ({ ...line, ...change })));
    expectFirstRun(result, file);
  });
});

describe("a pull request's own entry that was edited", () => {
  it('is told, and its base is found all the same', async () => {
    const cache = seed.copy();
    const runs = new CachedRuns(cache, newPath, 1);
    runs.trusted = true;
    const first = await runs.pull(images.new, 7, commit('e'), commit('a'));
    cache.entries.at(-1)?.files.delete(MANIFESTS_FILE);
    const second = await runs.pull(images.new, 7, commit('f'), commit('a'));
    expect(damageNotes(second)).toEqual([expect.stringContaining(MANIFESTS_FILE)]);
    expect(second.comparison).toEqual(first.comparison);
    expect(second.pointer.layers).toEqual(first.pointer.layers);
    const third = await runs.pull(images.new, 7, commit('0'), commit('a'));
    expect(damageNotes(third)).toEqual([]);
    expect(third.pointer.layers.read).toBe(0);
  });
});

describe('an entry that is consistent in itself', () => {
  /** What a run says of an image whose earlier snapshot was forged, and what it says without forgery. */
  async function runForged(forge: (layers: SnapshotLayer[]) => void) {
    const cache = seed.copy();
    const runs = new CachedRuns(cache, newPath, 1);
    const honest = await runs.push(images.old, 'main', commit('b'));
    for (const { files } of cache.entries) forgeSnapshot(files, forge);
    const fooled = await runs.push(images.old, 'main', commit('c'));
    const store = runs.stores.at(-1);
    const next = await runs.push(images.old, 'main', commit('d'), [commit('c')]);
    expect(next).toMatchObject({ comparison: { changed: false }, pointer: { layers: { read: 0 } } });
    expect(next.report.images.flatMap(({ notes }) => notes)).toEqual([]);
    return { honest, fooled, store };
  }

  function expectSameImage(honest: CachedRunOutcome, fooled: CachedRunOutcome): void {
    expect(fooled.pointer.snapshotDigest).toBe(honest.pointer.snapshotDigest);
    expect(fooled.surfaceManifest).toEqual(honest.surfaceManifest);
  }

  /** Every layer is read, and what the forgery claims is told. */
  function expectRejected({ comparison, pointer, report }: CachedRunOutcome, ...claims: string[]): void {
    expect(comparison).toBeNull();
    expect(pointer).toMatchObject({ baseline: null, layers: { reused: 0, read: 2 } });
    expect(report.images.flatMap(({ notes }) => notes)).toEqual(
      claims.map((claim) => expect.stringContaining(claim)),
    );
  }

  it('makes no layer of the image another one by what it claims of a blob', async () => {
    const { honest, fooled } = await runForged(([first, second]) => {
      if (first === undefined || second === undefined) throw new Error('the image has two layers');
      const { diffId, uncompressedSize, fragments } = first;
      Object.assign(second, { diffId, uncompressedSize, fragments });
    });
    expectSameImage(honest, fooled);
    const { digest } = honest.taken.snapshot.layers[1] ?? {};
    expectRejected(fooled, `says that blob ${digest} is layer`, `contradicts snapshot`);
  });

  it('shares nothing about blobs that the image does not have', async () => {
    const foreign = digestOf('a blob of another image');
    const { honest, fooled, store } = await runForged(([first]) => {
      if (first !== undefined) Object.assign(first, { digest: foreign });
    });
    expectSameImage(honest, fooled);
    expect(fooled.pointer.baseline?.snapshotDigest).not.toBe(honest.pointer.snapshotDigest);
    expect(await store?.layers.findDiffId('default', foreign)).toBeNull();
  });

  it('gives no layer the inventory of another one', async () => {
    const { honest, fooled } = await runForged(([first, second]) => {
      if (first === undefined || second === undefined) throw new Error('the image has two layers');
      Object.assign(second, { fragments: first.fragments });
    });
    expectSameImage(honest, fooled);
    expectRejected(fooled, 'is not the inventory of layer', 'contradicts snapshot');
  });

  it('is no baseline when it is of another tenant', async () => {
    const cache = new MemoryCache();
    const runs = new CachedRuns(cache, newPath);
    const situation = { kind: 'branch', ancestors: [], branch: 'main' } as const;
    const run = { reference: images.old, branch: 'main', situation };
    await runs.run({ ...run, commit: commit('a'), tenant: 'other' });
    const mine = await runs.run({ ...run, commit: commit('b') });
    expect(mine.pointer).toMatchObject({ baseline: null, layers: { reused: 0 } });
  });
});
