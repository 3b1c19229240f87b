import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutEnd, cutMiddle, widthOf, wrap } from '../../../../../src/core/report/text/widths.ts';
import { visible } from '../../../../../src/core/report/visible.ts';
import { hostileText } from '../../../../support/hostile-text.ts';

describe('cutting', () => {
  test('what fits stays', () => {
    expect(cutEnd('abc', 3)).toBe('abc');
    expect(cutMiddle('abc', 3)).toBe('abc');
  });

  test('wide characters count two columns', () => {
    expect(cutEnd('漢字漢字', 5)).toBe('漢字…');
    expect(cutEnd('漢字漢字', 8)).toBe('漢字漢字');
  });

  test('of a path both ends stay', () => {
    expect(cutMiddle('app/node_modules/sharp/build/Release/sharp.node', 24)).toBe('app/node…ease/sharp.node');
  });

  test('no room gives nothing', () => {
    expect(cutEnd('abc', 0)).toBe('');
  });

  test('the width is never passed', () => {
    fc.assert(
      fc.property(hostileText.map(visible), fc.integer({ min: 1, max: 30 }), (text, width) => {
        expect(widthOf(cutEnd(text, width))).toBeLessThanOrEqual(width);
        expect(widthOf(cutMiddle(text, width))).toBeLessThanOrEqual(width);
      }),
      { numRuns: 500 },
    );
  });
});

describe('wrapping', () => {
  test('breaks at spaces and loses no word', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });

  test('a word that is too long is cut, wherever it stands', () => {
    expect(wrap('abcdefgh', 4)).toEqual(['abc…']);
    expect(wrap('a abcdefgh b', 4)).toEqual(['a', 'abc…', 'b']);
  });

  test('lines never pass the width', () => {
    fc.assert(
      fc.property(hostileText.map(visible), fc.integer({ min: 1, max: 30 }), (text, width) => {
        for (const line of wrap(text, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
