import { describe, expect, test } from 'vitest';
import { isWorthSaying } from '../../../../src/core/comment/worth.ts';
import { makeReport } from '../../../../src/core/report/make-report.ts';
import { addedFile, makeComparison, makeImage, type Row } from '../../../support/report-makers.ts';
import { scenario } from '../../../support/report-scenarios.ts';

const BASE: Row = { status: 'unchanged', step: 'FROM', size: 100_000_000 };

/** A new layer of so many bytes, with a file. */
const grown = (size: number) =>
  makeReport([
    makeImage(
      makeComparison([BASE, { status: 'added', step: 'COPY a /', size }], [addedFile('a', 1, { size })]),
    ),
  ]);

describe('what is worth a comment', () => {
  test.each([
    ['changed', true],
    ['config-only', true],
    ['incomplete', true],
    ['platforms', true],
    ['first', false],
    ['unchanged', false],
    ['rebuilt-timestamps', false],
    ['unverified', false],
  ])('`notable` for %s: %s', (name, expected) => {
    expect(isWorthSaying(scenario(name), 'notable')).toBe(expected);
  });

  test('a file or two more are not notable, a size is that changes by 1 % and 1 MB', () => {
    expect(isWorthSaying(grown(20_000), 'notable')).toBe(false);
    expect(isWorthSaying(grown(20_000), 'on-change')).toBe(true);
    expect(isWorthSaying(grown(20_000_000), 'notable')).toBe(true);
  });

  test('all is, and nothing is, by the other rules', () => {
    expect(isWorthSaying(scenario('unchanged'), 'always')).toBe(true);
    expect(isWorthSaying(scenario('unchanged'), 'on-change')).toBe(false);
    expect(isWorthSaying(scenario('first'), 'on-change')).toBe(false);
    expect(isWorthSaying(scenario('changed'), 'never')).toBe(false);
  });
});
