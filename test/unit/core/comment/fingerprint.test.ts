import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../../../src/core/comment/fingerprint.ts';
import type { FileDifference } from '../../../../src/core/comparison/comparison.ts';
import { makeReport } from '../../../../src/core/report/make-report.ts';
import {
  addedFile,
  makeComparison,
  makeImage,
  modifiedFile,
  type Row,
  withAttention,
} from '../../../support/report-makers.ts';

const ROWS: readonly Row[] = [
  { status: 'unchanged', step: 'FROM', size: 100 },
  { status: 'rebuilt', cause: 'content', step: 'COPY a /', size: 200 },
];

type Settings = Parameters<typeof makeComparison>[2];

const print = (entries: readonly FileDifference[], config: Settings = [], rows = ROWS): string =>
  fingerprintOf(makeReport([makeImage(makeComparison(rows, entries, config))]).images);

const FILE = addedFile('app/a', 1);
const SETTING = { path: '/config/User', base: 'app', target: 'root' };

describe('the fingerprint of what was found', () => {
  test('is the same for the same, whatever else its build gave', () => {
    const other = ROWS.map((row) => ({ ...row, size: row.size + 512 }));
    expect(print([FILE], [SETTING], other)).toBe(print([FILE], [SETTING]));
    expect(print([{ ...FILE, target: { ...FILE.target, mtime: 7 } as never }])).toBe(print([FILE]));
    expect(print([FILE])).toMatch(/^[0-9a-f]{16}$/);
  });

  test('does not count what is volatile', () => {
    const log = { ...modifiedFile('var/log/x', 1, ['content'], {}, {}), volatile: true } as const;
    const label = { path: '/config/Labels/created', base: '1', target: '2', volatile: true } as const;
    expect(print([FILE, log], [label])).toBe(print([FILE]));
  });

  test.each<[string, () => string]>([
    ['another file', () => print([addedFile('app/b', 1)])],
    ['another file more', () => print([FILE, addedFile('app/b', 1)])],
    ['other content', () => print([addedFile('app/a', 1, { sha256: '1'.repeat(64) })])],
    ['another mode', () => print([addedFile('app/a', 1, { mode: '4755' })])],
    ['another owner', () => print([addedFile('app/a', 1, { uid: 33 })])],
    ['a setting', () => print([FILE], [SETTING])],
    ['another value', () => print([FILE], [{ ...SETTING, target: 'www' }])],
    ['what could not be compared', () => print([FILE], null)],
  ])('is another one for %s', (_, other) => {
    expect(new Set([other(), print([FILE]), print([FILE], [SETTING, SETTING])]).size).toBe(3);
  });

  test('is another one for what needs attention, and for another image or platform', () => {
    const comparison = makeComparison(ROWS, [FILE]);
    const item = { kind: 'setuid', path: 'app/a', layer: 1 } as const;
    const prints = [
      makeImage(comparison),
      makeImage(withAttention(comparison, item)),
      makeImage(comparison, { name: 'other' }),
      makeImage(comparison, { listedAs: { os: 'linux', architecture: 'arm64' } }),
    ].map((image) => fingerprintOf(makeReport([image]).images));
    expect(new Set(prints).size).toBe(4);
  });
});
