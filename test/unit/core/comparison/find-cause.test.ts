import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAtOnce } from '../../../../src/base/pausable.ts';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import { findCause } from '../../../../src/core/comparison/find-cause.ts';
import {
  device,
  dir,
  file,
  hardlink,
  inventoryOf,
  opaque,
  symlink,
  whiteout,
} from '../../../support/inventory-maker.ts';

const cause = (base: readonly InventoryEntry[], target: readonly InventoryEntry[]) =>
  runAtOnce(findCause(inventoryOf(base), inventoryOf(target)));

/** What a builder is to put into a layer: an inode with all its names. */
interface Thing {
  readonly names: readonly string[];
  readonly make: (name: string) => InventoryEntry;
}

type Metadata = Partial<Pick<InventoryEntry, 'mtime' | 'mtimeNs' | 'uid' | 'gid' | 'mode' | 'xattrs'>>;

/** Writes things as a builder does: the first name of an inode holds it, the others are hard links to that one. */
function write(things: readonly Thing[], order: readonly number[], metadata: ReadonlyMap<number, Metadata>) {
  const firstNames = new Map<number, string>();
  const all = things.flatMap(({ names }, thing) => names.map((name) => ({ name, thing })));
  return order.map((place): InventoryEntry => {
    const { name, thing } = all[place % all.length] as (typeof all)[number];
    const first = firstNames.get(thing);
    if (first === undefined) firstNames.set(thing, name);
    const entry = first === undefined ? things[thing]?.make(name) : hardlink(name, first);
    return { ...(entry as InventoryEntry), ...metadata.get(thing) };
  });
}

const count = (things: readonly Thing[]) => things.flatMap(({ names }) => names).length;

const kinds = fc.constantFrom<Thing['make']>(
  (name) => file(name, 'text'),
  (name) => dir(name),
  (name) => symlink(name, 'target'),
  (name) => device(name, 1, 3),
  (name) => whiteout(name),
);

/** Between 2 and 8 things, every third with several names. */
const anyThings: fc.Arbitrary<Thing[]> = fc
  .array(fc.tuple(kinds, fc.integer({ min: 1, max: 3 })), { minLength: 2, maxLength: 8 })
  .map((plans) =>
    plans.map(([make, names], at): Thing => {
      const several = names > 1 && at % 3 === 0;
      const own = Array.from({ length: several ? names : 1 }, (_, name) => `d${(at * 7) % 5}/f${at}-${name}`);
      return { names: own, make: several ? (name) => file(name, `text of ${at}`) : make };
    }),
  );

const ASPECTS = {
  timestamps: [{ mtime: 1_800_000_000 }, { mtimeNs: 5 }],
  ownership: [{ uid: 7 }, { gid: 7 }],
  mode: [{ mode: '0444' }, { mode: '4755' }],
  xattrs: [{ xattrs: { 'user.a': 'eA==' } }],
} as const satisfies Record<string, readonly Metadata[]>;

type Aspect = keyof typeof ASPECTS;
const aspects = Object.keys(ASPECTS) as Aspect[];

/** A rebuild in which exactly these aspects differ, each in a thing or more, and the order where wanted. */
const rebuild = fc.record({
  things: anyThings,
  aspects: fc.subarray(aspects),
  picks: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
  reorder: fc.boolean(),
  swap: fc.nat(),
});

function applyAspects(things: readonly Thing[], chosen: readonly Aspect[], picks: readonly number[]) {
  const metadata = new Map<number, Metadata>();
  for (const [at, aspect] of chosen.entries()) {
    const variants = ASPECTS[aspect];
    for (const pick of [picks[at * 3], picks[at * 3 + 1]] as number[]) {
      const thing = pick % things.length;
      metadata.set(thing, { ...metadata.get(thing), ...variants[pick % variants.length] });
    }
  }
  return metadata;
}

const identity = (length: number) => Array.from({ length }, (_, at) => at);

function swapped(order: readonly number[], swap: number): number[] {
  const [a, b] = [swap % order.length, (swap + 1) % order.length];
  return order.map((place, at) =>
    at === a ? (order[b] as number) : at === b ? (order[a] as number) : place,
  );
}

describe('the cause of a rebuild', () => {
  it('is what alone differs, on rebuilds in which it was made to differ', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(rebuild, ({ things, aspects: chosen, picks, reorder, swap }) => {
        const order = identity(count(things));
        const after = reorder ? swapped(order, swap) : order;
        const [only, ...more] = [...chosen, ...(reorder ? ['order'] : [])];
        const expected = more.length > 0 ? 'metadata' : (only ?? 'tar-encoding');
        seen.set(expected, (seen.get(expected) ?? 0) + 1);
        const base = write(things, order, new Map());
        expect(cause(base, write(things, after, applyAspects(things, chosen, picks)))).toBe(expected);
      }),
      { numRuns: 400 },
    );
    expect([...seen.keys()].sort()).toEqual(
      [...aspects, 'order', 'metadata', 'tar-encoding'].sort((a, b) => (a < b ? -1 : 1)),
    );
  });

  it('is content wherever what is in the layer differs, whatever else does', () => {
    const edits: readonly ((entries: InventoryEntry[], pick: number) => InventoryEntry[])[] = [
      (entries) => [...entries, file('added')],
      (entries, pick) => entries.toSpliced(pick % entries.length, 1),
      (entries, pick) => entries.with(pick % entries.length, file('instead', 'of it')),
      (entries, pick) => entries.with(pick % entries.length, retype(entries[pick % entries.length])),
      (entries) => [...entries, file('twice')].concat(file('twice')),
    ];
    fc.assert(
      fc.property(rebuild, fc.constantFrom(...edits), fc.nat(), (made, edit, pick) => {
        const { things, aspects: chosen, picks } = made;
        const order = identity(count(things));
        const base = write(things, order, new Map());
        const target = edit(write(things, order, applyAspects(things, chosen, picks)), pick);
        expect(cause(base, target)).toBe('content');
        expect(cause(target, base)).toBe('content');
      }),
      { numRuns: 400 },
    );
  });

  it('is content for each thing that makes content', () => {
    const pairs: readonly (readonly [InventoryEntry, InventoryEntry])[] = [
      [file('a', 'x'), file('a', 'y')],
      [file('a', ''), dir('a')],
      [symlink('a', 'x'), symlink('a', 'y')],
      [symlink('a', 'x'), { ...symlink('a', 'x'), linkTargetBase64: '/w==', linkTarget: '\\xff' }],
      [device('a', 1, 3), device('a', 1, 5)],
      [device('a', 1, 3), { ...device('a', 1, 3), type: 'block' }],
      [whiteout('a'), opaque('a')],
      [hardlink('a', 'lower'), hardlink('a', 'other')],
      [hardlink('a', 'lower'), file('a', 'x')],
    ];
    for (const [before, after] of pairs)
      expect([before, cause([before], [after])]).toEqual([before, 'content']);
  });

  it('does not take another choice of the name that holds the content for content', () => {
    const base = [file('a', 'text'), hardlink('b', 'a'), hardlink('c', 'a')];
    expect(cause(base, [file('c', 'text'), hardlink('a', 'c'), hardlink('b', 'c')])).toBe('order');
    expect(cause(base, [file('a', 'text'), hardlink('b', 'a'), hardlink('c', 'b')])).toBe('tar-encoding');
    const later = { mtime: 1_800_000_000 };
    expect(
      cause(base, [file('b', 'text', later), hardlink('a', 'b', later), hardlink('c', 'b', later)]),
    ).toBe('metadata');
    expect(cause(base, [file('b', 'other'), hardlink('a', 'b'), hardlink('c', 'b')])).toBe('content');
  });

  it('takes it for content when names no longer share an inode', () => {
    const base = [file('a', 'text'), hardlink('b', 'a'), hardlink('c', 'a')];
    expect(cause(base, [file('a', 'text'), hardlink('b', 'a'), file('c', 'text')])).toBe('content');
    expect(
      cause(
        [file('a', 't'), file('b', 't'), hardlink('c', 'a')],
        [file('a', 't'), file('b', 't'), hardlink('c', 'b')],
      ),
    ).toBe('content');
  });

  it('compares hard links into lower layers by where they lead, and survives circles', () => {
    expect(cause([hardlink('a', 'lower')], [hardlink('a', 'lower')])).toBe('tar-encoding');
    const direct = [hardlink('a', 'lower'), hardlink('b', 'lower')];
    expect(cause(direct, [hardlink('a', 'lower'), hardlink('b', 'a')])).toBe('tar-encoding');
    expect(cause(direct, [hardlink('a', 'b'), hardlink('b', 'lower')])).toBe('tar-encoding');
    expect(cause(direct, [hardlink('a', 'b'), hardlink('b', 'other')])).toBe('content');
    expect(cause(direct, [hardlink('a', 'lower'), hardlink('b', 'other')])).toBe('content');
    expect(cause([hardlink('a', 'b'), hardlink('b', 'a')], [hardlink('a', 'b'), hardlink('b', 'a')])).toBe(
      'tar-encoding',
    );
    expect(cause([hardlink('a', 'b'), hardlink('b', 'a')], [hardlink('a', 'a'), hardlink('b', 'b')])).toBe(
      'content',
    );
  });

  it('knows no nanoseconds as none', () => {
    expect(cause([file('a', 'x')], [{ ...file('a', 'x'), mtimeNs: 1 }])).toBe('timestamps');
    expect(cause([], [])).toBe('tar-encoding');
  });
});

function retype(entry: InventoryEntry | undefined): InventoryEntry {
  const path = entry?.path ?? 'none';
  return entry?.type === 'symlink' ? dir(path) : symlink(path, 'elsewhere');
}
