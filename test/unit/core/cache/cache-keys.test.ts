import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  baselineQuestions,
  entryKey,
  linePrefix,
  type WorkLine,
  workLine,
} from '../../../../src/core/cache/cache-keys.ts';
import type { HistoryScope } from '../../../../src/core/history/history.ts';

const SHOP: HistoryScope = {
  tenant: 'default',
  name: 'shop',
  platform: { os: 'linux', architecture: 'amd64' },
};
const MAIN: WorkLine = { kind: 'branch', branch: 'main' };
const sha = (letter: string): string => letter.repeat(40);

const lines = fc.oneof(
  fc.record({ kind: fc.constant('branch' as const), branch: fc.string() }),
  fc.record({ kind: fc.constant('pull-request' as const), number: fc.nat() }),
  fc.constant({ kind: 'other' as const }),
);
const subjects = fc.record({
  tenant: fc.constantFrom('default', 'acme'),
  name: fc.string(),
  platform: fc.record({ os: fc.constant('linux'), architecture: fc.constantFrom('amd64', 'arm64') }),
});
const commits = fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{40}$/));

describe('the key of an entry', () => {
  it('names image, line, commit and run', () => {
    expect(entryKey(SHOP, MAIN, sha('a'), '42-1')).toMatch(/^varve-v1-[0-9a-f]{16}-[0-9a-f]{16}-a{40}-42-1$/);
    expect(entryKey(SHOP, MAIN, null, '42-1')).toMatch(/^varve-v1-[0-9a-f]{16}-[0-9a-f]{16}-none-42-1$/);
  });

  it('is one that a cache takes, whatever the names are', () => {
    fc.assert(
      fc.property(subjects, lines, commits, (subject, line, commit) => {
        const key = entryKey(subject, line, commit, '42-1');
        return key.length <= 512 && /^[a-z0-9-]+$/.test(key);
      }),
    );
  });

  it('is found by its own image, line and commit, and by those of no other', () => {
    fc.assert(
      fc.property(subjects, lines, commits, subjects, lines, commits, (subject, line, commit, s, l, c) => {
        const key = entryKey(subject, line, commit, '42-1');
        expect(key.startsWith(linePrefix(subject, line))).toBe(true);
        const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
        expect(key.startsWith(linePrefix(s, l))).toBe(same(s, subject) && same(l, line));
        const other = entryKey(s, l, c, '');
        expect(key.startsWith(other)).toBe(same([s, l, c], [subject, line, commit]));
      }),
    );
  });

  it('tells a pull request from the branch that its head is called by', () => {
    expect(linePrefix(SHOP, workLine('main', 7))).not.toBe(linePrefix(SHOP, workLine('main', null)));
    expect(linePrefix(SHOP, workLine('main', 7))).not.toBe(linePrefix(SHOP, workLine('main', 71)));
  });
});

describe('a baseline', () => {
  const commitOf = (prefix: string): string => /-([^-]+)-$/.exec(prefix)?.[1] ?? '';

  it('of a pull request is looked for by base commit, ancestors, base branch, default branch', () => {
    const questions = baselineQuestions(
      SHOP,
      {
        kind: 'pull-request',
        baseCommit: sha('a'),
        ancestors: [sha('b')],
        baseBranch: 'release',
        defaultBranch: 'main',
      },
      'main',
    );
    const release: WorkLine = { kind: 'branch', branch: 'release' };
    const byCommit = [release, MAIN, release, MAIN].map((line, at) =>
      entryKey(SHOP, line, sha(at < 2 ? 'a' : 'b'), ''),
    );
    expect(questions).toEqual({
      commits: [byCommit],
      lines: [[linePrefix(SHOP, release)], [linePrefix(SHOP, MAIN)]],
      rest: [],
    });
  });

  it('of a branch is looked for by ancestors, the branch, the default branch', () => {
    const situation = { kind: 'branch', ancestors: [sha('b')], branch: 'fix' } as const;
    const { commits, lines } = baselineQuestions(SHOP, situation, 'main');
    expect(commits.map((each) => each.map(commitOf))).toEqual([[sha('b'), sha('b')]]);
    expect(lines).toEqual([[linePrefix(SHOP, { kind: 'branch', branch: 'fix' })], [linePrefix(SHOP, MAIN)]]);
  });

  it('of a commit that is built again is looked for by that one first', () => {
    const situation = { kind: 'branch', rebuilt: sha('c'), ancestors: [sha('b')], branch: 'main' } as const;
    const { commits } = baselineQuestions(SHOP, situation, 'main');
    expect(commits.map((each) => each.map(commitOf))).toEqual([[sha('c'), sha('b')]]);
  });

  it.each([
    ['outside git', { kind: 'unversioned' }],
    ['on no branch', { kind: 'branch', ancestors: [], branch: null }],
  ] as const)('%s is the newest of all', (_, situation) => {
    const { commits, lines, rest } = baselineQuestions(SHOP, situation, null);
    expect([...commits, ...lines]).toEqual([]);
    const [[prefix = ''] = []] = rest;
    expect(prefix).not.toBe('');
    expect(entryKey(SHOP, MAIN, sha('a'), '42-1').startsWith(prefix)).toBe(true);
  });

  it('takes few questions of nine keys at most, however long the history is', () => {
    const ancestors = Array.from({ length: 500 }, (_, at) => at.toString(16).padStart(40, '0'));
    const { commits } = baselineQuestions(SHOP, { kind: 'branch', ancestors, branch: 'main' }, 'main');
    expect(commits.map(({ length }) => length)).toEqual([9, 9, 9]);
    expect(commits.flat().map(commitOf)).toEqual(ancestors.slice(0, 27));
  });
});
