import { expect, test } from 'vitest';
import { comparedOnPage, comparedWith, formatAge } from '../../../../src/core/report/compared-with.ts';
import { inline } from '../../../../src/core/report/markdown/write.ts';
import type { BaselineFacts } from '../../../../src/core/report/report.ts';
import { BASELINE } from '../../../support/report-makers.ts';

const told = (facts: BaselineFacts): string => inline(comparedWith(facts), 100);

/** What stands in the parentheses. */
const why = (facts: Partial<BaselineFacts>): string | undefined =>
  / \((.+)\)$/.exec(told({ ...BASELINE, age: null, ...facts }))?.[1];

test('a baseline is told by commit, branch and place, distance, age and reason', () => {
  expect(told(BASELINE)).toBe(
    'compared with commit `1a2b3c4d5e6f` on `main` from `dir:.varve` (2 commits before the base, 3 days older, because no nearer commit has a snapshot)',
  );
  expect(told({ ...BASELINE, commit: null, found: 'newest', age: null })).toBe(
    'compared with snapshot `77bcb9b57277` on `main` from `dir:.varve` (the newest)',
  );
  const image = { place: 'oci:old`s', commit: null, branch: null, distance: null, age: null };
  expect(told({ ...BASELINE, ...image, found: 'image' })).toBe(
    'compared with <code>oci&#58;old&#96;s</code>',
  );
});

test.each<[Partial<BaselineFacts>, string]>([
  [{ found: 'base-commit', distance: 0 }, 'the base commit'],
  [{ distance: 1 }, '1 commit before the base, because the base commit has no snapshot'],
  [{ distance: 1000 }, '1,000 commits before the base, because no nearer commit has a snapshot'],
  [{ distance: 0, countedFrom: 'built' }, 'the same commit'],
  [{ distance: 1, countedFrom: 'built' }, '1 commit before'],
  [{ distance: 3, countedFrom: 'built' }, '3 commits before, because no nearer commit has a snapshot'],
  [
    { found: 'base-branch', distance: null },
    'the newest snapshot of the base branch, because neither the base commit nor a known ancestor of it has a snapshot',
  ],
  [
    { found: 'default-branch', distance: null },
    'the newest snapshot of the default branch, because the base branch has no snapshot',
  ],
  [
    { found: 'branch-newest', distance: null },
    'the newest snapshot of the branch, because no known ancestor has a snapshot',
  ],
  [
    { found: 'branch-newest', distance: null, countedFrom: 'built', sameCommit: true },
    'an earlier snapshot of this commit',
  ],
  [{ found: 'newest', distance: null }, 'the newest'],
])('why %j is the one', (facts, sentence) => {
  expect(why(facts)).toBe(sentence);
});

test.each<[Partial<BaselineFacts>, string]>([
  [{ found: 'base-commit', distance: 0, age: 7300 }, 'the base commit `1a2b3c4`, 2 hours older'],
  [{}, 'commit `1a2b3c4` on `main`, 2 commits before the base, 3 days older'],
  [
    { found: 'base-branch', commit: null, age: null },
    'snapshot `77bcb9b57277` on `main`, the newest snapshot of the base branch',
  ],
  [{ found: 'base-commit', distance: 0, age: 0, unverified: true }, 'the base commit `1a2b3c4`, unverified'],
  [{ found: 'image', place: 'oci:old', commit: null, branch: null, age: null }, '`oci:old`'],
])('on the last line of a page %j is told in few words', (facts, words) => {
  expect(inline(comparedOnPage({ ...BASELINE, ...facts }), 100)).toBe(`Compared with ${words}`);
});

test('what was taken in the same second is neither older nor newer', () => {
  const aged = (age: number) => why({ found: 'newest', distance: null, age });
  expect(aged(0.4)).toBe('the newest');
  expect(aged(-0.9)).toBe('the newest');
  expect(aged(1)).toBe('the newest, 1 second older');
  expect(aged(-90)).toBe('the newest, 90 seconds newer');
});

test('ages are in the largest unit that counts at least two', () => {
  expect([0, 119, 120, 7199, 7200, 36 * 3600, 48 * 3600].map(formatAge)).toEqual([
    ...['0 seconds', '119 seconds', '2 minutes', '119 minutes', '2 hours', '36 hours', '2 days'],
  ]);
});
