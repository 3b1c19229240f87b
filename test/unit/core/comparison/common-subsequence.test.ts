import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCommonSubsequence } from '../../../../src/core/comparison/common-subsequence.ts';

const find = (first: string, second: string) => findCommonSubsequence([...first], [...second]);

/** All common subsequences of two short lists, the slow way. */
function allCommon(first: readonly string[], second: readonly string[]): number[][] {
  const [head, ...rest] = first;
  if (head === undefined) return [[]];
  const without = allCommon(rest, second).map((places) => places.map((place) => place + 1));
  const match = second.indexOf(head);
  if (match === -1) return without;
  const withHead = allCommon(rest, second.slice(match + 1)).map((places) => [
    0,
    ...places.map((at) => at + 1),
  ]);
  return [...withHead, ...without];
}

const letters = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 7 });

describe('the longest common subsequence', () => {
  it('is common: pairs rise on both sides and are equal', () => {
    fc.assert(
      fc.property(letters, letters, (first, second) => {
        const pairs = findCommonSubsequence(first, second);
        for (const [a, b] of pairs) expect(first[a]).toBe(second[b]);
        for (const [at, pair] of pairs.slice(1).entries()) {
          expect(pair[0]).toBeGreaterThan(pairs[at]?.[0] ?? Infinity);
          expect(pair[1]).toBeGreaterThan(pairs[at]?.[1] ?? Infinity);
        }
      }),
    );
  });

  it('is the longest, and of those the one that keeps the earliest places of the first list', () => {
    fc.assert(
      fc.property(letters, letters, (first, second) => {
        const all = allCommon(first, second);
        const length = Math.max(...all.map((places) => places.length));
        const earliest = all
          .filter((places) => places.length === length)
          .map((places) => places.map((place) => String.fromCharCode(65 + place)).join(''))
          .sort()[0];
        const found = findCommonSubsequence(first, second).map(([place]) => String.fromCharCode(65 + place));
        expect(found.join('')).toBe(earliest);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the earlier of two that could stay', () => {
    expect(find('ab', 'ba')).toEqual([[0, 1]]);
    expect(find('xabx', 'yx')).toEqual([[0, 1]]);
    expect(find('aa', 'a')).toEqual([[0, 0]]);
  });

  it('stays common, with both ends, for lists too long to search', () => {
    const middle = Array.from({ length: 6000 }, (_, at) => `m${at % 3000}`);
    const first = ['start', ...middle, 'only', 'end', 'end'];
    const second = ['start', ...middle.toReversed(), 'end', 'end'];
    const pairs = findCommonSubsequence(first, second);
    for (const [a, b] of pairs) expect(first[a]).toBe(second[b]);
    expect(pairs.every(([, b], at) => at === 0 || b > (pairs[at - 1]?.[1] ?? Infinity))).toBe(true);
    expect(pairs[0]).toEqual([0, 0]);
    expect(pairs.slice(-2)).toEqual([
      [first.length - 2, second.length - 2],
      [first.length - 1, second.length - 1],
    ]);
    expect(findCommonSubsequence(first, first)).toHaveLength(first.length);
  });
});
