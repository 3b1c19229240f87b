import { expect, test } from 'vitest';
import { baselineSentence, formatAge } from '../../../../src/core/report/baseline-sentence.ts';
import { BASELINE } from '../../../support/report-makers.ts';

test('a baseline is told by commit, place, reason, distance and age', () => {
  expect(baselineSentence(BASELINE)).toBe(
    'commit `1a2b3c4d5e6f` on `main` from `dir:.varve` (the nearest ancestor, 2 commits before, 3 days older)',
  );
  const found = 'image' as const;
  const image = {
    ...BASELINE,
    found,
    place: 'oci:old`s',
    commit: null,
    branch: null,
    distance: null,
    age: null,
  };
  expect(baselineSentence(image)).toBe("`oci:old's`");
});

test('what was taken in the same second is neither older nor newer', () => {
  const told = (age: number) => baselineSentence({ ...BASELINE, found: 'newest', distance: 0, age });
  expect(told(0.4)).toMatch(/ \(the newest\)$/);
  expect(told(-0.9)).toMatch(/ \(the newest\)$/);
  expect(told(1)).toMatch(/ \(the newest, 1 second older\)$/);
  expect(told(-90)).toMatch(/ \(the newest, 90 seconds newer\)$/);
});

test('ages are in the largest unit that counts at least two', () => {
  expect([0, 119, 120, 7199, 7200, 36 * 3600, 48 * 3600].map(formatAge)).toEqual([
    ...['0 seconds', '119 seconds', '2 minutes', '119 minutes', '2 hours', '36 hours', '2 days'],
  ]);
});
