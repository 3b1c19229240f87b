import { describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import { PassedOverEntries } from '../../../../src/core/comparison/passed-over.ts';
import type { UncomparedItem } from '../../../../src/core/comparison/uncompared.ts';
import { file, inventoryOf } from '../../../support/inventory-maker.ts';

interface Side {
  readonly entries?: readonly InventoryEntry[];
  readonly below?: readonly InventoryEntry[];
}

/** What is left uncompared where both sides have one finding on `x`, in one layer over another. */
function itemsOf(code: string, base: Side, target: Side): UncomparedItem[] {
  const passedOver = new PassedOverEntries();
  for (const [side, { entries = [], below = [] }] of [['base', base] as const, ['target', target] as const]) {
    const place = { index: 1, layer: inventoryOf(entries), below: [inventoryOf(below)] };
    passedOver.add(side, place, [{ code, path: 'x' }]);
  }
  return passedOver.items();
}

const of = (code: string) =>
  (['base', 'target'] as const).map((side) => ({
    ...{ what: 'files', why: 'passed-over', side, layer: 1, findings: [code] },
  }));

const [good, evil] = [{ entries: [file('x', 'good')] }, { entries: [file('x', 'evil')] }];

describe('findings that both sides have are compared with what they depend on', () => {
  it.each(['escaping-path', 'escaping-link', 'aufs-metadata', 'broken-hard-link', 'replaced-by-own'])(
    'the entries that have no effect: %s',
    (code) => {
      expect(itemsOf(code, good, evil)).toEqual(of(code));
      expect(itemsOf(code, good, good)).toEqual([]);
    },
  );

  it('the entries before the last one, which is compared by itself: duplicate-entry', () => {
    const stated = (...contents: string[]) => ({ entries: contents.map((content) => file('x', content)) });
    expect(itemsOf('duplicate-entry', stated('one', 'last'), stated('two', 'last'))).toEqual(
      of('duplicate-entry'),
    );
    expect(itemsOf('duplicate-entry', stated('one', 'last'), stated('one', 'other'))).toEqual([]);
  });

  it.each([
    'parent-replaced',
    'overlay-attribute',
    'hard-link-unstated',
    'below-own-symlink',
    'escaping-link',
  ])('the layers below: %s', (code) => {
    const [one, other] = [{ below: good.entries }, { below: evil.entries }];
    expect(itemsOf(code, one, other)).toEqual(of(code));
    expect(itemsOf(code, one, one)).toEqual([]);
  });

  it('nothing that has the same effect everywhere, and no time', () => {
    const at = (mtime: number) => ({ entries: [file('x', 'x', { mtime })], below: [] });
    expect(itemsOf('escaping-path', at(1), at(2))).toEqual([]);
    expect(itemsOf('whiteout-content', good, {})).toEqual([]);
    expect(itemsOf('constructor', good, evil)).toEqual([]);
    expect(itemsOf('unknown-entry-type', good, evil)).toEqual([]);
  });
});
