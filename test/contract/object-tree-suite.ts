import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewObject, ObjectTree } from '../../src/adapters/stores/object-tree.ts';
import { digestOf } from '../../src/base/digest.ts';

/** An empty tree of a test's own. */
export interface ObjectTreeUnderTest {
  readonly tree: ObjectTree;
  /** The same place, opened anew. */
  reopen(): ObjectTree;
}

const object = (path: string, text: string, existing: NewObject['existing'] = 'replace'): NewObject => ({
  path,
  bytes: Buffer.from(text),
  existing,
});
const textAt = async (tree: ObjectTree, path: string) => (await tree.read(path, 1000))?.toString() ?? null;
const pathsBelow = async (tree: ObjectTree, prefix: string) =>
  (await Array.fromAsync(tree.list(prefix))).map(({ path }) => path);
/** The branches that something is below. */
async function branchesOf(tree: ObjectTree, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for (const branch of await tree.branches(prefix)) {
    const paths = await pathsBelow(tree, prefix === '' ? branch : `${prefix}/${branch}`);
    if (paths.length > 0) found.push(branch);
  }
  return found;
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What every tree of objects does. */
export function describeObjectTree(open: () => ObjectTreeUnderTest): void {
  describe('reading', () => {
    it('gives what was put, also when the tree is opened anew', async () => {
      const { tree, reopen } = open();
      await tree.put([[object('a/b/c', '1'), object('a/empty', '')], [object('d', '2')]]);
      await tree.putDerived([object('derived/e', '3')]);
      for (const each of [tree, reopen()]) {
        const paths = ['a/b/c', 'a/empty', 'd', 'derived/e'];
        expect(await Promise.all(paths.map((path) => textAt(each, path)))).toEqual(['1', '', '2', '3']);
        expect(await Promise.all(paths.map((path) => each.has(path)))).toEqual([true, true, true, true]);
      }
    });

    it('says that what is absent is absent', async () => {
      const { tree } = open();
      for (const path of ['a', 'a/b']) {
        expect(await tree.read(path, 10)).toBeNull();
        expect(await tree.readHead(path, 10)).toBeNull();
        expect(await tree.has(path)).toBe(false);
        expect(await tree.writtenAt(path)).toBeNull();
        expect(await tree.sizeOf(path)).toBeNull();
        expect(await pathsBelow(tree, path)).toEqual([]);
        expect(await tree.branches(path)).toEqual([]);
      }
      expect(await pathsBelow(tree, '')).toEqual([]);
      expect(await tree.branches('')).toEqual([]);
    });

    it('takes no prefix of a path for an object', async () => {
      const { tree } = open();
      await tree.put([[object('a/b', '1')]]);
      expect(await tree.has('a')).toBe(false);
      expect(await tree.writtenAt('a')).toBeNull();
    });

    it('stops at the limit', async () => {
      const { tree } = open();
      await tree.put([[object('a', 'text')]]);
      expect((await tree.read('a', 4))?.toString()).toBe('text');
      await expect(tree.read('a', 3)).rejects.toMatchObject({ code: 'limit-exceeded', object: 'a' });
    });

    it('gives a head, all of an object that is shorter, and none of it', async () => {
      const { tree } = open();
      await tree.put([[object('a', 'text')]]);
      const heads = await Promise.all([2, 4, 9, 0].map((bytes) => tree.readHead('a', bytes)));
      expect(heads.map(String)).toEqual(['te', 'text', 'text', '']);
    });

    it('gives large objects whole', async () => {
      const { tree, reopen } = open();
      const bytes = Buffer.alloc(40 * 1024 * 1024);
      for (let at = 0; at < bytes.length; at += 4096) bytes.writeUInt32LE(at, at);
      await tree.put([[{ path: 'large', bytes, existing: 'replace' }]]);
      expect(digestOf((await reopen().read('large', bytes.length)) ?? '')).toBe(digestOf(bytes));
      expect(await tree.readHead('large', 5000)).toEqual(bytes.subarray(0, 5000));
    });

    it('tells how large an object is', async () => {
      const { tree } = open();
      await tree.put([[object('a/b', 'text')]]);
      expect(await Promise.all(['a/b', 'a'].map((path) => tree.sizeOf(path)))).toEqual([4, null]);
    });

    it('tells when an object was written', async () => {
      const { tree } = open();
      await tree.put([[object('a', '1')]]);
      expect(Math.abs(((await tree.writtenAt('a')) ?? 0) - Date.now())).toBeLessThan(600_000);
    });
  });

  describe('writing', () => {
    it('replaces or keeps what is there, and tells what is kept', async () => {
      const { tree } = open();
      expect(await tree.put([[object('a', '1', 'keep'), object('b', '1')]])).toEqual(new Set());
      const again = [object('a', '2', 'keep'), object('b', '2'), object('c', '2', 'keep')];
      expect(await tree.put([again])).toEqual(new Set(['a']));
      expect(await Promise.all(['a', 'b', 'c'].map((path) => textAt(tree, path)))).toEqual(['1', '2', '2']);
      await tree.putDerived([object('a', '3', 'keep'), object('b', '3')]);
      expect(await Promise.all(['a', 'b'].map((path) => textAt(tree, path)))).toEqual(['1', '3']);
    });

    it('takes nothing, and groups of nothing', async () => {
      const { tree } = open();
      expect(await tree.put([])).toEqual(new Set());
      expect(await tree.put([[], []])).toEqual(new Set());
      await tree.putDerived([]);
      await tree.remove([]);
      expect(await pathsBelow(tree, '')).toEqual([]);
    });

    it('keeps bytes as they were, whatever becomes of the buffer', async () => {
      const { tree } = open();
      const bytes = Buffer.from('text');
      await tree.put([[{ path: 'a', bytes, existing: 'replace' }]]);
      bytes.fill('x');
      expect(await textAt(tree, 'a')).toBe('text');
    });

    it('lets exactly one of many writers come first, and all see what that one wrote', async () => {
      const { reopen } = open();
      const outcomes = await Promise.all(
        Array.from({ length: 24 }, async (_, writer) => {
          const tree = reopen();
          const kept = await tree.put([[object('x/one', `writer ${writer}`, 'keep')]]);
          return { first: !kept.has('x/one'), seen: await textAt(tree, 'x/one'), writer };
        }),
      );
      const firsts = outcomes.filter(({ first }) => first);
      expect(firsts).toHaveLength(1);
      expect(new Set(outcomes.map(({ seen }) => seen))).toEqual(new Set([`writer ${firsts[0]?.writer}`]));
    });

    it('shows no object before it is whole, and nothing else that comes of writing', async () => {
      const { tree, reopen } = open();
      const objects = Array.from({ length: 12 }, (_, index) =>
        object(`p/${index % 3}/${index}`, `${index}`.repeat(200_000)),
      );
      const expected = new Map(objects.map(({ path, bytes }) => [path, bytes.length]));
      let writing = true;
      const written = tree.put([objects.slice(0, 6), objects.slice(6)]).finally(() => {
        writing = false;
      });
      const reader = reopen();
      do {
        const paths = await pathsBelow(reader, '');
        for (const path of paths) expect((await reader.read(path, 1e7))?.length).toBe(expected.get(path));
        const isSecondSeen = objects.slice(6).some(({ path }) => paths.includes(path));
        if (isSecondSeen) for (const { path } of objects.slice(0, 6)) expect(paths).toContain(path);
        await new Promise(setImmediate);
      } while (writing);
      await written;
      expect(await pathsBelow(reader, '')).toHaveLength(12);
    });
  });

  describe('updating', () => {
    const append = (text: string) => (present: Buffer | null) => Buffer.from(`${present ?? ''}${text}`);

    it('changes, makes or leaves an object', async () => {
      const { tree } = open();
      await tree.put([[object('a', '1')]]);
      await tree.update('a', 100, append('2'));
      await tree.update('a', 100, () => null);
      await tree.update('b', 100, append('1'));
      await tree.update('c', 100, (present) => present);
      expect(await Promise.all(['a', 'b', 'c'].map((path) => textAt(tree, path)))).toEqual(['12', '1', null]);
    });

    it('gives what is too large as empty, and replaces it', async () => {
      const { tree } = open();
      await tree.put([[object('a', 'text')]]);
      const seen: (string | undefined)[] = [];
      for (const limit of [4, 3]) {
        await tree.update('a', limit, (present) => {
          seen.push(present?.toString());
          return limit === 3 ? Buffer.from('new') : null;
        });
      }
      expect(seen[0]).toBe('text');
      expect(new Set(seen.slice(1))).toEqual(new Set(['']));
      expect(await textAt(tree, 'a')).toBe('new');
    });

    it('loses nothing of many who update one object at once', async () => {
      const { tree, reopen } = open();
      const write = async (writer: number) => {
        const own = reopen();
        for (let round = 0; round < 4; round++) await own.update('a', 1000, append(`${writer}${round} `));
      };
      await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
      const written = (await textAt(tree, 'a'))?.trim().split(' ').sort();
      expect(written).toEqual(Array.from({ length: 32 }, (_, at) => `${at >> 2}${at % 4}`));
    });
  });

  describe('listing', () => {
    it('is by the bytes of paths, whatever stands in them', async () => {
      const { tree } = open();
      const names = [
        'a/b',
        'a b',
        'a-b/c',
        'a.b',
        'A',
        '.a',
        '..a',
        '...',
        '%2E',
        'ä',
        '\u{ffff}',
        '\u{10000}',
      ];
      const paths = [...names, '\n', '*', "'", '\\', 'a0'].map((name) => `p/${name}`);
      await tree.putDerived(paths.toReversed().map((path) => object(path, path)));
      expect(await pathsBelow(tree, '')).toEqual(paths.toSorted(byBytes));
      for (const path of paths) expect(await textAt(tree, path)).toBe(path);
      expect(await branchesOf(tree, 'p')).toEqual(['a', 'a-b']);
    });

    it('is of whole segments', async () => {
      const { tree } = open();
      await tree.putDerived(['a/b/c', 'a/b/d/e', 'a/bc/f', 'ab/g'].map((path) => object(path, '')));
      expect(await pathsBelow(tree, 'a/b')).toEqual(['a/b/c', 'a/b/d/e']);
      expect(await pathsBelow(tree, 'a')).toEqual(['a/b/c', 'a/b/d/e', 'a/bc/f']);
      expect(await branchesOf(tree, 'a')).toEqual(['b', 'bc']);
      expect(await branchesOf(tree, 'a/b')).toEqual(['d']);
      expect(await branchesOf(tree, '')).toEqual(['a', 'ab']);
    });

    it('gives every object once, of any paths', async () => {
      const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).filter(isSegment);
      const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(path, { maxLength: 12 }), async (candidates) => {
          const { tree } = open();
          const paths = candidates.filter(
            (each) => !candidates.some((other) => other.startsWith(`${each}/`)),
          );
          await tree.putDerived(paths.map((each) => object(each, each)));
          expect(await pathsBelow(tree, '')).toEqual(paths.toSorted(byBytes));
          const branches = paths.flatMap((each) => (each.includes('/') ? [each.split('/', 1)[0] ?? ''] : []));
          expect(await branchesOf(tree, '')).toEqual([...new Set(branches)].sort(byBytes));
        }),
        { numRuns: 30 },
      );
    });

    it('names nothing foreign where all was put', async () => {
      const { tree } = open();
      await tree.put([[object('a/b', '1')]]);
      expect(await Array.fromAsync(tree.list(''))).toEqual([{ path: 'a/b', foreign: false }]);
    });
  });

  it('removes objects, those that are gone too', async () => {
    const { tree, reopen } = open();
    await tree.put([['a/b', 'a/c', 'd'].map((path) => object(path, '1'))]);
    await reopen().remove(['a/b', 'absent', 'd', 'd']);
    expect(await pathsBelow(tree, '')).toEqual(['a/c']);
    expect(await tree.put([[object('d', '2', 'keep')]])).toEqual(new Set());
    expect(await textAt(tree, 'd')).toBe('2');
  });

  describe('removing where a guard is as it should be', () => {
    const removal = (path: string, guard: string, holds: (present: Buffer | null) => boolean) => ({
      ...{ path, guard, holds },
      maxBytes: 100,
    });

    it('looks at the guard, and tells what it removed', async () => {
      const { tree, reopen } = open();
      await tree.put([['a/b', 'a/c', 'd'].map((path) => object(path, path))]);
      const isThere = (present: Buffer | null) => present !== null;
      const removed = await reopen().removeIf([
        removal('a/b', 'a/b', (present) => present?.toString() === 'a/b'),
        removal('a/c', 'absent', isThere),
        removal('absent', 'absent', () => true),
      ]);
      expect(removed).toEqual(new Set(['a/b']));
      expect(await pathsBelow(tree, '')).toEqual(['a/c', 'd']);
      expect(await tree.removeIf([removal('a/c', 'd', isThere)])).toEqual(new Set(['a/c']));
      expect(await tree.branches('')).not.toContain('a');
      expect(await tree.removeIf([])).toEqual(new Set());
      await tree.settled(['a/b', 'd']);
    });

    it('gives a guard that is too large as empty', async () => {
      const { tree } = open();
      await tree.put([[object('a', 'text')]]);
      const due = {
        path: 'a',
        guard: 'a',
        maxBytes: 3,
        holds: (present: Buffer | null) => present?.length === 0,
      };
      expect(await tree.removeIf([due])).toEqual(new Set(['a']));
    });

    it('comes before or after an update, never in between', async () => {
      const { tree, reopen } = open();
      for (let round = 0; round < 30; round++) {
        await tree.put([[object('a', 'old'), object('b', 'payload')]]);
        const [removed] = await Promise.all([
          reopen().removeIf([removal('a', 'a', (present) => present?.toString() === 'old')]),
          tree.update('a', 100, (present) => present && Buffer.from('new')),
        ]);
        expect(await textAt(tree, 'a')).toBe(removed.size === 0 ? 'new' : null);
      }
    });

    it('never removes what belongs to a guard that was there when it settled', async () => {
      const { tree, reopen } = open();
      for (let round = 0; round < 30; round++) {
        await tree.put([[object('p/q', 'payload')]]);
        const put = async () => {
          const own = reopen();
          await own.put([[object('guard', '1', 'keep')]]);
          await own.settled(['guard']);
          return own.has('p/q');
        };
        const [isThere] = await Promise.all([
          put(),
          reopen().removeIf([removal('p/q', 'guard', (present) => present === null)]),
        ]);
        expect(await tree.has('p/q')).toBe(isThere);
        await tree.remove(['guard', 'p/q']);
      }
    });
  });

  it.each(['/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/..', 'a/../b', './a', 'a/./b', 'a\0b', '\0'])(
    'takes %j for no path',
    async (path) => {
      const { tree } = open();
      const steps: (() => Promise<unknown>)[] = [
        () => tree.read(path, 1),
        () => tree.readHead(path, 1),
        () => tree.has(path),
        () => tree.writtenAt(path),
        () => pathsBelow(tree, path),
        () => tree.branches(path),
        () => tree.put([[object('good', ''), object(path, '')]]),
        () => tree.putDerived([object('good', ''), object(path, '')]),
        () => tree.update(path, 1, () => Buffer.alloc(0)),
        () => tree.remove(['good', path]),
        () => tree.sizeOf(path),
        () => tree.removeIf([{ path, guard: 'good', maxBytes: 1, holds: () => true }]),
        () => tree.removeIf([{ path: 'good', guard: path, maxBytes: 1, holds: () => true }]),
        () => tree.settled([path]),
      ];
      for (const step of steps) await expect(step()).rejects.toMatchObject({ code: 'internal' });
      expect(await pathsBelow(tree, '')).toEqual([]);
    },
  );

  it('takes an empty path for no object', async () => {
    const { tree } = open();
    await expect(tree.read('', 1)).rejects.toMatchObject({ code: 'internal' });
    await expect(tree.put([[object('', '')]])).rejects.toMatchObject({ code: 'internal' });
    await expect(tree.remove([''])).rejects.toMatchObject({ code: 'internal' });
  });
}

/** Whether a text is a segment, and text in UTF-8 too. */
function isSegment(text: string): boolean {
  return text.isWellFormed() && !['.', '..'].includes(text) && !/[/\0]/.test(text);
}
