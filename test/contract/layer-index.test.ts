import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSegment, IndexSegment } from '../../src/adapters/stores/on-object-tree/index-segment.ts';
import { entryFileName, entryPath } from '../../src/core/history/entry-path.ts';
import { commitTerm, entryTerms, layerTerm } from '../../src/core/history/entry-terms.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { Store } from '../../src/core/store/store.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import { HISTORY, INDEX } from '../../src/core/surface/paths.ts';
import { systemFault, watchedOperations } from '../support/faulty-operations.ts';
import type { MadeRun } from '../support/item-makers.ts';
import { MemoryStorePlace } from '../support/memory-store.ts';
import { saveRun } from '../support/numbered-runs.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeLayerIndex, layerOf, runAt, usesOf } from './layer-index-suite.ts';
import { collect } from './surface-store-suite.ts';

const newFolder = temporaryFolder();
const open = (root: string) => openDirectoryStore(root);
const indexOf = (root: string) => join(root, INDEX, 'entries/tenants/acme');
const segmentsOf = (root: string) => readdirSync(indexOf(root)).map((name) => join(indexOf(root), name));
const problems = (root: string) => collect(verifyStore(open(root)));

describe('the layer index of a directory', () => {
  describeLayerIndex(() => {
    const root = newFolder('store');
    return {
      store: open(root),
      reopen: () => open(root),
      damage: (entry, change) => {
        const path = join(root, entryPath(entry));
        writeFileSync(path, change(readFileSync(path)));
      },
    };
  });
});

describe('the layer index of objects in memory', () => {
  describeLayerIndex(() => {
    const place = new MemoryStorePlace();
    return {
      store: place.open(),
      reopen: () => place.open(),
      damage: (entry, change) => place.damage(entryPath(entry), change),
    };
  });
});

/** A store with some runs, each on a commit of its own. */
async function storeOf(count: number): Promise<{ root: string; runs: MadeRun[] }> {
  const root = newFolder('store');
  const runs = Array.from({ length: count }, (_, index) => {
    const run = runAt(index, ['base', `own ${index}`]);
    return { ...run, entry: { ...run.entry, commit: `commit ${index}`, branch: `branch ${index % 3}` } };
  });
  const store = open(root);
  for (const run of runs) await saveRun(store, run);
  return { root, runs };
}

const scansOf = async (entries: AsyncIterable<HistoryEntry>) =>
  (await collect(entries)).map(({ scanId }) => scanId);
const ofCommit = (store: Store, commit: string) =>
  scansOf(store.history.list({ tenant: 'acme', name: 'app', commits: [commit] }));
const ofBranch = (store: Store, branch: string) =>
  scansOf(store.history.list({ tenant: 'acme', name: 'app', branch }));

/** All that is asked of a store of six runs; every answer must be right. */
async function expectRightAnswers(root: string): Promise<void> {
  const store = open(root);
  expect(await usesOf(store, 'base')).toEqual(['5', '4', '3', '2', '1', '0']);
  expect(await usesOf(store, 'own 2')).toEqual(['2']);
  expect(await usesOf(store, 'own 9')).toEqual([]);
  expect(await ofCommit(store, 'commit 4')).toEqual(['4']);
  expect(await ofCommit(store, 'commit 9')).toEqual([]);
  expect(await ofBranch(store, 'branch 1')).toEqual(['4', '1']);
  expect(await ofBranch(store, 'branch 9')).toEqual([]);
}

describe('an index that is', () => {
  it.each<[string, (root: string) => void]>([
    ['sound', () => {}],
    ['deleted', (root) => rmSync(join(root, INDEX), { recursive: true })],
    [
      'partly deleted',
      (root) =>
        segmentsOf(root)
          .slice(3)
          .map((path) => rmSync(path)),
    ],
    [
      'torn',
      (root) => segmentsOf(root).map((path) => writeFileSync(path, readFileSync(path).subarray(0, 99))),
    ],
    ['emptied', (root) => segmentsOf(root).map((path) => writeFileSync(path, ''))],
    ['of bytes that turned', (root) => segmentsOf(root).map((path) => turnLastLetter(path))],
    ['hidden by other files', (root) => hideByDirectories(root)],
    [
      'of another time',
      (root) => {
        const before = newFolder('before');
        cpSync(indexOf(root), before, { recursive: true });
        for (const path of segmentsOf(root).slice(2)) rmSync(path);
      },
    ],
  ])('%s loses no answer and invents none', async (_, spoil) => {
    const { root } = await storeOf(6);
    spoil(root);
    await expectRightAnswers(root);
    await expectRightAnswers(root);
  });

  it('missing is made again by the first question, and then serves', async () => {
    const { root } = await storeOf(6);
    rmSync(join(root, INDEX), { recursive: true });
    await expectRightAnswers(root);
    expect(segmentsOf(root)).toHaveLength(1);
    const [path = ''] = segmentsOf(root);
    const segment = IndexSegment.parse(readFileSync(path), path.slice(path.lastIndexOf('/') + 1));
    expect(segment.names).toHaveLength(6);
  });

  it('poisoned invents no answer, and verifying names it', async () => {
    const { root, runs } = await storeOf(6);
    const names = runs.map(({ entry }) => entryFileName(entry));
    const terms = [layerTerm(layerOf('own 9')), layerTerm(layerOf('own 2')), commitTerm('app', 'commit 9')];
    plant(root, [...names.map((name) => ({ name, terms })), { name: '../../../etc/passwd', terms }]);
    await expectRightAnswers(root);
    expect(await problems(root)).toEqual([
      {
        object: expect.stringContaining(INDEX),
        problem: expect.stringContaining('disagrees with the history'),
      },
    ]);
  });

  it('poisoned to hide an entry is named by verifying, and gone with the index', async () => {
    const { root, runs } = await storeOf(6);
    rmSync(join(root, INDEX, 'entries'), { recursive: true });
    mkdirSync(indexOf(root), { recursive: true });
    plant(root, [{ name: entryFileName(runs[2]?.entry ?? raise()), terms: [] }]);
    expect(await problems(root)).toHaveLength(1);
    rmSync(join(root, INDEX), { recursive: true });
    await expectRightAnswers(root);
  });

  it('in the way of other files is named by verifying', async () => {
    const { root } = await storeOf(1);
    expect(await problems(root)).toEqual([]);
    writeFileSync(join(indexOf(root), 'note.txt'), 'x');
    mkdirSync(join(indexOf(root), '../.tenant'));
    expect((await problems(root)).map(({ object }) => object.slice(INDEX.length))).toEqual([
      '/entries/tenants/.tenant',
      '/entries/tenants/acme/note.txt',
    ]);
  });
});

describe('the index follows', () => {
  it('entries that came in another way', async () => {
    const { root, runs } = await storeOf(6);
    const other = newFolder('other');
    const empty = open(other);
    for (const { items, surfaceManifest } of runs) {
      await empty.surface.put(items);
      await empty.surface.putSurfaceManifest(surfaceManifest);
    }
    cpSync(join(root, HISTORY), join(other, HISTORY), { recursive: true });
    await expectRightAnswers(other);
  });

  it('an entry whose snapshot comes later', async () => {
    const store = open(newFolder('store'));
    const run = runAt(1, ['base']);
    await store.history.append({ ...run.entry, commit: 'c' });
    expect(await usesOf(store, 'base')).toEqual([]);
    expect(await ofCommit(store, 'c')).toEqual(['1']);
    await store.surface.put(run.items);
    expect(await usesOf(store, 'base')).toEqual(['1']);
  });

  it('nothing where it cannot be written, and yet the entry is kept and found', async () => {
    const root = newFolder('store');
    const refusing = watchedOperations((operation, path) => {
      if (operation === 'rename' && path.includes(`${INDEX}/entries/`)) throw systemFault('ENOSPC');
      if (operation === 'makeDirectory' && path.includes(`${INDEX}/entries/`)) throw systemFault('EROFS');
    });
    for (const minute of [1, 2]) {
      await saveRun(openDirectoryStore(root, { operations: refusing }), runAt(minute, ['base']));
    }
    expect(await usesOf(openDirectoryStore(root, { operations: refusing }), 'base')).toEqual(['2', '1']);
    expect(await usesOf(open(root), 'base')).toEqual(['2', '1']);
  });
});

it('many entries are in few files, whose answers are those of reading all', async () => {
  const { root, runs } = await storeOf(300);
  expect(segmentsOf(root).length).toBeLessThan(50);
  expect(segmentsOf(root).reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThan(300 * 300);
  const store = open(root);
  expect(await usesOf(store, 'base')).toEqual(runs.map((_, index) => `${299 - index}`));
  for (const index of [0, 15, 16, 255, 256, 299]) {
    expect(await usesOf(store, `own ${index}`)).toEqual([`${index}`]);
    expect(await ofCommit(store, `commit ${index}`)).toEqual([`${index}`]);
  }
  expect(await problems(root)).toEqual([]);
});

it('listing by commits or branch gives what of a full listing has them, whatever of the index is lost', async () => {
  const { root, runs } = await storeOf(40);
  const all = runs.map(({ entry }) => entry).toReversed();
  const number = fc.nat({ max: 45 });
  await fc.assert(
    fc.asyncProperty(fc.array(number, { maxLength: 6 }), number, fc.nat(), async (numbers, after, lost) => {
      const paths = segmentsOf(root);
      if (paths.length > 0) rmSync(paths[lost % paths.length] ?? '');
      const commits = numbers.map((each) => `commit ${each}`);
      const scope = { tenant: 'acme', name: 'app', ...(all[after] && { after: all[after] }) };
      const rest = all[after] === undefined ? all : all.slice(after + 1);
      const store = open(root);
      expect(await collect(store.history.list({ ...scope, commits }))).toEqual(
        rest.filter(({ commit }) => commits.includes(commit ?? '')),
      );
      expect(await collect(store.history.list({ ...scope, branch: 'branch 2' }))).toEqual(
        rest.filter(({ branch }) => branch === 'branch 2'),
      );
    }),
    { numRuns: 60 },
  );
});

it('the terms of an entry are its layers, its commit and its branch, of its name', () => {
  const { entry } = runAt(1, ['a', 'b']);
  const terms = entryTerms({ ...entry, commit: 'c', branch: 'm' }, [
    layerOf('a'),
    layerOf('b'),
    layerOf('a'),
  ]);
  expect(new Set(terms).size).toBe(4);
  expect(terms).toContain(layerTerm(layerOf('b')));
  expect(terms).toContain(commitTerm('app', 'c'));
  expect(terms).not.toContain(commitTerm('other', 'c'));
});

/** Puts a segment in place that is sound in itself. */
function plant(root: string, entries: Parameters<typeof encodeSegment>[0]): void {
  const { fileName, bytes } = encodeSegment(entries);
  writeFileSync(join(indexOf(root), fileName), bytes);
}

function turnLastLetter(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function hideByDirectories(root: string): void {
  for (const path of segmentsOf(root)) {
    rmSync(path);
    mkdirSync(path);
  }
}

function raise(): never {
  throw new Error('no such run');
}
