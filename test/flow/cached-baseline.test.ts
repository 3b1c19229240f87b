import { beforeAll, describe, expect, it } from 'vitest';
import type { EntryScopes } from '../../src/core/cache/cache-scope.ts';
import { allAsides } from '../../src/core/report/notes.ts';
import { type CachedRunOutcome, CachedRuns } from '../support/cached-runs.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { type MadeImage, type MadeLayer, makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryCache } from '../support/memory-cache.ts';
import { AMD64, ARM64, imageFor, S390X, writeIndexed } from '../support/platform-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const commit = (letter: string): string => letter.repeat(40);

/** Images on one base layer, each with an application layer of its own. */
const images: Record<'one' | 'two' | 'three', string> = { one: '', two: '', three: '' };
let base: MadeLayer;

beforeAll(async () => {
  base = await makeLayer({ 'etc/os-release': 'ID=test', 'usr/bin/tool': 'tool' });
  for (const name of ['one', 'two', 'three'] as const) {
    const image = makeImage([base, await makeLayer({ 'app/version': name })]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
});

function start() {
  const cache = new MemoryCache();
  return { cache, runs: new CachedRuns(cache, newPath) };
}

function startTrusting() {
  const started = start();
  started.runs.trusted = true;
  return started;
}

const baselineOf = ({ pointer }: CachedRunOutcome) => pointer.baseline?.commit ?? null;
const notesOf = ({ report }: CachedRunOutcome) => report.images.flatMap(({ notes }) => notes);

describe('all platforms', () => {
  it('have an entry each, and tell of the one that is gone', async () => {
    const { cache, runs } = start();
    const amd = imageFor(AMD64, [base, await makeLayer({ app: 'amd64' })]);
    const arm = imageFor(ARM64, [base, await makeLayer({ app: 'arm64' })]);
    const riscv = imageFor(S390X, [base, await makeLayer({ app: 's390x' })]);
    const run = (images: MadeImage[], each: string, ancestors: string[]) =>
      runs.run({
        ...{ reference: writeIndexed(newPath('index'), images), commit: commit(each), branch: 'main' },
        ...{ platform: 'all', situation: { kind: 'branch', branch: 'main', ancestors } },
      });
    const first = await run([amd, arm], 'a', []);
    expect(first.all.platforms.map(({ keptIn, change }) => [keptIn, change])).toEqual([
      ['cache', null],
      ['cache', null],
    ]);
    const second = await run([amd, riscv], 'b', [commit('a')]);
    expect(second.all.platforms.map(({ change }) => change?.baseline.facts.commit)).toEqual([
      commit('a'),
      undefined,
    ]);
    expect(second.all.gone).toEqual([ARM64]);
    expect(second.report.images.map(({ outcome }) => outcome.kind)).toEqual(['unchanged', 'new']);
    expect(cache.restored).toHaveLength(1);
  });
});

describe('pushes to a branch', () => {
  it('begin with a first run, and are compared with the nearest ancestor then', async () => {
    const { cache, runs } = start();
    const first = await runs.push(images.one, 'main', commit('a'));
    expect(first).toMatchObject({ comparison: null, keptIn: 'cache' });
    const second = await runs.push(images.two, 'main', commit('b'), [commit('a')]);
    expect(second.pointer).toMatchObject({ baseline: { place: 'cache', found: 'ancestor', distance: 1 } });
    expect(second.pointer.layers).toMatchObject({ total: 2, reused: 1, read: 1 });
    expect(second.comparison?.files).toMatchObject({ modified: 1, added: 0, removed: 0 });
    expect(notesOf(second)).toEqual([]);

    await runs.push(images.three, 'main', commit('c'), [commit('b'), commit('a')]);
    const sibling = await runs.push(images.one, 'fix', commit('d'), [commit('b'), commit('a')]);
    expect(baselineOf(sibling)).toBe(commit('b'));
    expect(cache.restored).toHaveLength(3);
  });

  it('go by the newest snapshot of the branch where ancestors are not known', async () => {
    const { runs } = start();
    for (const each of ['a', 'b']) await runs.push(images.one, 'main', commit(each));
    const next = await runs.push(images.two, 'main', commit('c'));
    expect(next.pointer.baseline).toMatchObject({ found: 'branch-newest', commit: commit('b') });
  });

  it('leave an entry that grows no further', async () => {
    const { cache, runs } = start();
    await runs.push(images.one, 'main', commit('a'));
    for (const each of ['b', 'c', 'd']) await runs.push(images.two, 'main', commit(each));
    const sizes = cache.entries.map(
      ({ files }) => [...files.keys()].filter((name) => name.endsWith('.zst')).length,
    );
    // Two inventories, a manifest, a config and a snapshot.
    expect(sizes).toEqual([5, 5, 5, 5]);
  });

  it('add nothing where the baseline is only read', async () => {
    const { cache, runs } = start();
    const situation = { kind: 'branch', ancestors: [], branch: 'main' } as const;
    const run = { reference: images.one, branch: 'main', commit: commit('a'), situation, save: false };
    expect(await runs.run(run)).toMatchObject({ keptIn: null });
    expect(cache.entries).toEqual([]);
  });
});

/** Says of every entry that only the default branch has it. */
const HONEST: EntryScopes = {
  keysUnder: async (ref, prefix) => (ref === 'refs/heads/main' ? [prefix] : []),
};

describe('pushes to a pull request', () => {
  it('are compared with their base commit though main has moved on, and leave nothing', async () => {
    const { cache, runs } = start();
    runs.scopes = HONEST;
    await runs.push(images.one, 'main', commit('a'));
    await runs.push(images.three, 'main', commit('b'), [commit('a')]);
    const first = await runs.pull(images.two, 7, commit('e'), commit('a'));
    expect(first).toMatchObject({ keptIn: null });
    expect(first.pointer).toMatchObject({ baseline: { found: 'base-commit', commit: commit('a') } });
    expect(first.pointer.layers).toMatchObject({ reused: 1, read: 1 });
    expect(first.pointer.baseline).not.toHaveProperty('unverified');
    expect(notesOf(first)).toEqual([]);
    expect(cache.entries).toHaveLength(2);
  });

  it('reuse nothing of an entry that nobody vouches for, and say so', async () => {
    const { runs } = start();
    await runs.push(images.one, 'main', commit('a'));
    const pulled = await runs.pull(images.one, 7, commit('e'), commit('a'));
    expect(pulled.pointer.baseline).toMatchObject({ commit: commit('a'), unverified: true });
    expect(pulled.pointer.layers).toMatchObject({ reused: 0, read: 2 });
    expect(pulled.report.images[0]?.outcome).toEqual({
      kind: 'unverified',
      sentence: 'baseline unverified: no change',
    });
    expect(notesOf(pulled)).toEqual([expect.stringMatching(/^baseline unverified, .*no token was given/)]);
  });

  it('take no entry that no branch has', async () => {
    const { runs } = start();
    runs.scopes = { keysUnder: async () => [] };
    await runs.push(images.one, 'main', commit('a'));
    const pulled = await runs.pull(images.two, 7, commit('e'), commit('a'));
    expect(pulled.pointer.baseline).toMatchObject({ unverified: true });
    expect(pulled.report.images[0]?.outcome.sentence).toMatch(/^baseline unverified: .*1 file changed/);
  });

  it('refuse an entry that their author may have made', async () => {
    const { runs } = start();
    runs.scopes = { keysUnder: async (_, prefix) => [prefix] };
    await runs.push(images.one, 'main', commit('a'));
    const pulled = await runs.pull(images.one, 7, commit('e'), commit('a'), [commit('0')]);
    expect(pulled.pointer).toMatchObject({ baseline: null, layers: { reused: 0, read: 2 } });
    expect(notesOf(pulled)).toEqual([
      expect.stringMatching(/varve-v1-.*-a{40}-1-1.*refs\/pull\/7\/merge has an entry under this key/),
    ]);
  });
});

describe('pushes to a pull request whose author is trusted', () => {
  it('are compared with their base commit though main has moved on, and reuse what earlier ones read', async () => {
    const { cache, runs } = startTrusting();
    await runs.push(images.one, 'main', commit('a'));
    await runs.push(images.three, 'main', commit('b'), [commit('a')]);

    const first = await runs.pull(images.two, 7, commit('e'), commit('a'));
    expect(first.pointer).toMatchObject({ baseline: { found: 'base-commit', commit: commit('a') } });
    expect(first.pointer.layers).toMatchObject({ reused: 1, read: 1 });

    cache.restored.length = 0;
    const second = await runs.pull(images.two, 7, commit('f'), commit('a'));
    expect(second.pointer.layers).toMatchObject({ reused: 2, read: 0, bytesRead: 0 });
    expect(second.pointer.baseline).toMatchObject({ found: 'base-commit', commit: commit('a') });
    expect(second.comparison).toEqual(first.comparison);
    // Its own entry has carried the baseline along.
    expect(cache.restored).toHaveLength(1);
  });

  it('still find their base when its entry was evicted', async () => {
    const { cache, runs } = startTrusting();
    await runs.push(images.one, 'main', commit('a'));
    const first = await runs.pull(images.two, 7, commit('e'), commit('a'));
    cache.entries.splice(0, 1);
    const second = await runs.pull(images.two, 7, commit('f'), commit('a'));
    expect(second.comparison).toEqual(first.comparison);
    const third = await runs.pull(images.two, 7, commit('0'), commit('a'));
    expect(third.comparison).toEqual(first.comparison);
  });

  it('follow their base when it moves', async () => {
    const { runs } = startTrusting();
    await runs.push(images.one, 'main', commit('a'));
    await runs.pull(images.two, 7, commit('e'), commit('a'));
    await runs.push(images.three, 'main', commit('b'), [commit('a')]);
    const moved = await runs.pull(images.two, 7, commit('f'), commit('b'), [commit('a')]);
    expect(baselineOf(moved)).toBe(commit('b'));
    expect(moved.pointer.layers.bytesRead).toBe(0);
    const again = await runs.pull(images.two, 7, commit('0'), commit('b'), [commit('a')]);
    expect(baselineOf(again)).toBe(commit('b'));
  });

  it('go by the nearest ancestor of their base, then by the newest of its branch', async () => {
    const { runs } = startTrusting();
    await runs.push(images.one, 'main', commit('a'));
    await runs.push(images.three, 'main', commit('b'), [commit('a')]);
    const near = await runs.pull(images.two, 7, commit('e'), commit('9'), [commit('8'), commit('a')]);
    expect(near.pointer.baseline).toMatchObject({ found: 'ancestor', commit: commit('a'), distance: 2 });
    const newest = await runs.pull(images.two, 8, commit('f'), commit('9'));
    expect(newest.pointer.baseline).toMatchObject({ found: 'base-branch', commit: commit('b') });
  });

  it('serve no other pull request and no branch', async () => {
    const { cache, runs } = startTrusting();
    await runs.pull(images.one, 7, commit('e'), commit('a'));
    const other = await runs.pull(images.one, 8, commit('f'), commit('a'));
    expect(other.pointer.layers).toMatchObject({ reused: 0, read: 2 });
    const head = await runs.push(images.one, 'feature', commit('e'));
    expect(head.pointer.layers).toMatchObject({ reused: 0, read: 2 });
    expect(cache.restored).toEqual([]);
  });
});

describe('a cache in trouble', () => {
  it('is said, and changes nothing else', async () => {
    const calm = start();
    await calm.runs.push(images.one, 'main', commit('a'));
    const expected = await calm.runs.push(images.two, 'main', commit('b'));

    const { cache, runs } = start();
    await runs.push(images.one, 'main', commit('a'));
    cache.refusal = { save: 'no space left' };
    const refused = await runs.push(images.two, 'main', commit('b'));
    expect(refused).toMatchObject({ keptIn: null, comparison: expected.comparison });
    expect({ ...refused.pointer }).toEqual({ ...expected.pointer });
    expect(notesOf(refused)).toEqual(['the snapshot was not saved in cache: no space left']);

    cache.refusal = { outcome: 'read-only' };
    const reading = await runs.push(images.two, 'main', commit('b'));
    expect(reading).toMatchObject({ keptIn: null, comparison: expected.comparison });
    expect(notesOf(reading)).toEqual([]);
    expect(allAsides(reading.report)).toEqual([
      'the snapshot was not saved in cache: the token of this run can only read it',
    ]);

    cache.refusal = { restore: 'no route to host' };
    const alone = await runs.push(images.two, 'main', commit('c'));
    expect(alone).toMatchObject({ keptIn: null, comparison: null });
    expect(notesOf(alone)).toEqual([
      'nothing was restored from cache: no route to host',
      'the snapshot was not saved in cache either',
    ]);
    expect(alone.pointer.snapshotDigest).toBe(expected.pointer.snapshotDigest);
  });
});
