import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BaselineChoice,
  EntrySearch,
  type Situation,
} from '../../../../src/core/history/choose-baseline.ts';
import type { HistoryEntry } from '../../../../src/core/history/history.ts';
import { anyHistory, anySituation } from '../../../support/any-history.ts';
import { chooseBaseline } from '../../../support/choose-baseline.ts';
import { makeEntry } from '../../../support/item-makers.ts';

const on = (branch: string | null, commit: string | null, scanId = `${branch} ${commit}`): HistoryEntry =>
  makeEntry({ branch, commit, scanId });
const ofPullRequest = (number: number, commit: string, branch = 'feature'): HistoryEntry =>
  makeEntry({ branch, commit, pullRequest: number, scanId: `#${number} ${commit}` });

const pullRequest: Situation = {
  kind: 'pull-request',
  baseCommit: 'base',
  ancestors: ['one', 'two', 'three'],
  baseBranch: 'release',
  defaultBranch: 'main',
};
const branch: Situation = { kind: 'branch', ancestors: ['one', 'two', 'three'], branch: 'main' };

const summary = ({ found, entry, distance }: BaselineChoice) => [found, entry?.scanId ?? null, distance];
const choose = (entries: HistoryEntry[], situation: Situation) => summary(chooseBaseline(entries, situation));

describe('an entry from the future', () => {
  const at = (time: string, commit: string | null = null) =>
    makeEntry({ time, commit, branch: 'main', scanId: time });
  const [ahead, before] = [at('2026-03-02T00:00:00.000Z'), at('2026-02-28T00:00:00.000Z')];
  const chosen = (entries: readonly HistoryEntry[], situation: Situation) => {
    const search = new EntrySearch(situation, {
      scanId: 'x',
      commit: null,
      time: '2026-03-01T00:00:00.000Z',
    });
    for (const entry of entries) search.offer(entry);
    return [search.choice.entry?.time, search.isSettled];
  };

  it.each<[string, Situation]>([
    ['a branch', branch],
    ['no repository', { kind: 'unversioned' }],
  ])('is the newest of %s only where there is no other', (_, situation) => {
    expect(chosen([ahead, before], situation)).toEqual([before.time, true]);
    expect(chosen([ahead], situation)).toEqual([ahead.time, false]);
  });

  it('is the one of its commit all the same', () => {
    const own = at('2026-03-02T00:00:00.000Z', 'two');
    expect(chosen([own, before], branch)).toEqual([own.time, true]);
  });
});

describe('the baseline of a pull request', () => {
  it('is the snapshot of the base commit, although its branch has moved on', () => {
    const entries = [on('release', 'newer'), on('release', 'base'), on('release', 'one')];
    expect(choose(entries, pullRequest)).toEqual(['base-commit', 'release base', 0]);
  });

  it('is the newest snapshot of the base commit', () => {
    const entries = [on('release', 'base', 'second run'), on('release', 'base', 'first run')];
    expect(choose(entries, pullRequest)).toEqual(['base-commit', 'second run', 0]);
  });

  it('may be of the base commit on another branch', () => {
    expect(choose([on('main', 'base')], pullRequest)).toEqual(['base-commit', 'main base', 0]);
  });

  it('is else the nearest ancestor, not the newest', () => {
    const entries = [on('release', 'newer'), on('release', 'three'), on('release', 'two')];
    expect(choose(entries, pullRequest)).toEqual(['ancestor', 'release two', 2]);
  });

  it('is else the newest snapshot of the base branch', () => {
    const entries = [on('main', 'm'), on('release', 'r2'), on('release', 'r1')];
    expect(choose(entries, pullRequest)).toEqual(['base-branch', 'release r2', null]);
  });

  it('is else the newest snapshot of the default branch', () => {
    const entries = [on('other', 'o'), on('main', 'm2'), on('main', 'm1')];
    expect(choose(entries, pullRequest)).toEqual(['default-branch', 'main m2', null]);
  });

  it('is else none', () => {
    expect(choose([on('other', 'o'), on(null, null)], pullRequest)).toEqual(['none', null, null]);
    expect(choose([], pullRequest)).toEqual(['none', null, null]);
  });

  it('is never an earlier run of its own, or of another pull request', () => {
    const entries = [ofPullRequest(7, 'base'), ofPullRequest(8, 'one'), ofPullRequest(8, 'x', 'release')];
    expect(choose(entries, pullRequest)).toEqual(['none', null, null]);
    expect(choose([...entries, on('main', 'm')], pullRequest)).toEqual(['default-branch', 'main m', null]);
  });

  it('is found by branch where no commit is known', () => {
    const unknown: Situation = { ...pullRequest, baseCommit: null, ancestors: [] };
    expect(choose([on('main', 'base'), on('release', null)], unknown)).toEqual([
      'base-branch',
      'release null',
      null,
    ]);
  });
});

describe('the baseline on a branch', () => {
  it('is the nearest ancestor', () => {
    expect(choose([on('main', 'three'), on('feature', 'one')], branch)).toEqual([
      'ancestor',
      'feature one',
      1,
    ]);
  });

  it('is of the very commit where that is built again', () => {
    const entries = [on('main', 'built', 'last night'), on('main', 'built', 'push'), on('main', 'one')];
    expect(choose(entries, { ...branch, rebuilt: 'built' })).toEqual(['ancestor', 'last night', 0]);
    expect(choose(entries, branch)).toEqual(['ancestor', 'main one', 1]);
  });

  it('is else the newest snapshot of the branch', () => {
    expect(choose([on('other', 'o'), on('main', 'm2'), on('main', 'm1')], branch)).toEqual([
      'branch-newest',
      'main m2',
      null,
    ]);
  });

  it('is no other branch, and no pull request', () => {
    expect(choose([on('other', 'o'), ofPullRequest(7, 'one', 'main')], branch)).toEqual(['none', null, null]);
  });

  it('is the newest of all where no branch is known and no ancestor has one', () => {
    const detached: Situation = { kind: 'branch', ancestors: ['one'], branch: null };
    const entries = [ofPullRequest(7, 'x'), on('main', 'm'), on(null, 'one')];
    expect(choose(entries, detached)).toEqual(['ancestor', 'null one', 1]);
    expect(choose(entries.slice(0, 2), detached)).toEqual(['newest', 'main m', null]);
  });
});

it('outside git is the newest of all but pull requests', () => {
  const entries = [ofPullRequest(7, 'x'), on('any', 'y'), on(null, null)];
  expect(choose(entries, { kind: 'unversioned' })).toEqual(['newest', 'any y', null]);
});

describe('the search', () => {
  it('ends as soon as nothing better can come', () => {
    const search = new EntrySearch(pullRequest);
    expect(search.offer(on('release', 'one'))).toBe(false);
    expect(search.offer(on('release', 'base'))).toBe(true);
    const unversioned = new EntrySearch({ kind: 'unversioned' });
    expect(unversioned.offer(ofPullRequest(7, 'x'))).toBe(false);
    expect(unversioned.offer(on(null, null))).toBe(true);
  });

  it('agrees with the rules tried one after the other', () => {
    fc.assert(
      fc.property(anyHistory, anySituation, (entries, given) => {
        expect(chooseBaseline(entries, given)).toEqual(chooseByRules(entries, given));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The design's sentences, one after the other, each over all entries. */
function chooseByRules(entries: readonly HistoryEntry[], situation: Situation): BaselineChoice {
  const own = entries.filter((entry) => entry.pullRequest === null);
  const none: BaselineChoice = { found: 'none', entry: null, distance: null };
  const newestOf = (found: 'base-branch' | 'default-branch' | 'branch-newest', name: string | null) => {
    const entry = name === null ? undefined : own.find((each) => each.branch === name);
    return entry && { found, entry, distance: null };
  };
  const newest = (): BaselineChoice => {
    return own[0] === undefined ? none : { found: 'newest', entry: own[0], distance: null };
  };
  if (situation.kind === 'unversioned') return newest();
  if (situation.kind === 'pull-request' && situation.baseCommit !== null) {
    const entry = own.find((each) => each.commit === situation.baseCommit);
    if (entry) return { found: 'base-commit', entry, distance: 0 };
  }
  if (situation.kind === 'branch' && situation.rebuilt !== undefined) {
    const entry = own.find((each) => each.commit === situation.rebuilt);
    if (entry) return { found: 'ancestor', entry, distance: 0 };
  }
  for (const [index, ancestor] of situation.ancestors.entries()) {
    const entry = own.find((each) => each.commit === ancestor);
    if (entry) return { found: 'ancestor', entry, distance: index + 1 };
  }
  if (situation.kind === 'branch') {
    return situation.branch === null ? newest() : (newestOf('branch-newest', situation.branch) ?? none);
  }
  const { baseBranch, defaultBranch } = situation;
  return newestOf('base-branch', baseBranch) ?? newestOf('default-branch', defaultBranch) ?? none;
}
