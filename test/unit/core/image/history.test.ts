import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import type { HistoryItem } from '../../../../src/core/image/config.ts';
import { alignHistory } from '../../../../src/core/image/history.ts';

const layers = (count: number) => ({
  diff_ids: Array.from({ length: count }, (_, index) => digestOf(`${index}`)),
});
const made = (name: string): HistoryItem => ({ created_by: name });
const empty = (name: string): HistoryItem => ({ created_by: name, empty_layer: true });
const names = (items: readonly (HistoryItem | null)[]) => items.map((item) => item?.created_by ?? null);

describe('alignHistory', () => {
  it('passes over items that made no layer', () => {
    const history = [made('a'), empty('x'), empty('y'), made('b'), empty('z')];
    const { items, findings } = alignHistory({ rootfs: layers(2), history });
    expect(names(items)).toEqual(['a', 'b']);
    expect(findings).toEqual([]);
  });

  it('has nothing to say where there is no history', () => {
    expect(alignHistory({ rootfs: layers(2) })).toEqual({ items: [null, null], findings: [] });
    expect(alignHistory({ rootfs: layers(1), history: [] })).toEqual({ items: [null], findings: [] });
    expect(alignHistory({ rootfs: layers(0), history: [empty('x')] })).toEqual({ items: [], findings: [] });
  });

  it('lacks missing items at the end, and says so', () => {
    const { items, findings } = alignHistory({
      rootfs: layers(3),
      history: [made('a'), empty('x'), made('b')],
    });
    expect(names(items)).toEqual(['a', 'b', null]);
    expect(findings).toEqual([
      { code: 'history-mismatch', detail: 'the history has 2 steps that make layers, for 3 layers' },
    ]);
  });

  it('drops superfluous items at the end, and says so', () => {
    const { items, findings } = alignHistory({ rootfs: layers(1), history: [made('a'), made('b')] });
    expect(names(items)).toEqual(['a']);
    expect(findings).toHaveLength(1);
  });
});
