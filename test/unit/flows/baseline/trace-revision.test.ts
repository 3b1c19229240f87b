import { describe, expect, it } from 'vitest';
import { VarveError } from '../../../../src/base/errors.ts';
import type { Checkout, CommitHistory, Head } from '../../../../src/core/history/commit-history.ts';
import type { Revision } from '../../../../src/core/history/revision.ts';
import { traceRevision } from '../../../../src/flows/baseline/trace-revision.ts';

const deepening = 'fetch-depth: 50';

type Graph = Readonly<Record<string, readonly string[]>>;

/** Commits by name, each with its parents; what is no key is not there. */
function historyOf(graph: Graph, mergeBase: string | null = null): CommitHistory {
  return {
    parentsOf: async (commit) => graph[commit] ?? null,
    lineOf: async (commit, limit) => {
      if (graph[commit] === undefined) return null;
      const ancestors: string[] = [];
      for (let last = commit; ; ) {
        const parents: readonly string[] | undefined = graph[last];
        if (parents === undefined || ancestors.length >= limit) return { ancestors, cut: true };
        const [first] = parents;
        if (first === undefined) return { ancestors, cut: false };
        ancestors.push(first);
        last = first;
      }
    },
    mergeBaseOf: async () => mergeBase,
    tags: async () => null,
  };
}

function checkoutOf(graph: Graph, head: Head | null, shallow: number | null = null, base?: string): Checkout {
  return {
    ...historyOf(graph, base),
    readHead: async () => head,
    branchAt: async (commit) => (commit === 'tip' ? 'trunk' : null),
    countShallow: async () => shallow,
  };
}

const NO_CHECKOUT = checkoutOf({}, null);
const at = (commit: string, branch: string | null = null): Head => ({ commit, branch });

const REQUEST: Extract<Revision, { kind: 'pull-request' }> = {
  kind: 'pull-request',
  commit: 'merge',
  merged: true,
  headCommit: 'head',
  baseCommit: 'said',
  baseBranch: 'release',
  defaultBranch: 'main',
};
const WHOLE: Graph = {
  merge: ['base', 'head'],
  base: ['b1', 'x'],
  b1: ['b2'],
  b2: [],
  head: ['b2'],
  said: ['b2'],
};

describe('the base of a pull request', () => {
  it.each<[string, Checkout, CommitHistory | null]>([
    ['the checkout', checkoutOf(WHOLE, at('merge')), null],
    ['the server, where nothing is checked out', NO_CHECKOUT, historyOf(WHOLE)],
    [
      'the server, where something else is checked out',
      checkoutOf({ y: ['z'] }, at('y', 'main')),
      historyOf(WHOLE),
    ],
  ])('is the first parent of the merge, by %s', async (_, checkout, server) => {
    expect(await traceRevision(REQUEST, { checkout, server, deepening })).toEqual({
      situation: {
        kind: 'pull-request',
        baseCommit: 'base',
        ancestors: ['b1', 'b2'],
        baseBranch: 'release',
        defaultBranch: 'main',
      },
      built: null,
      pullRequest: null,
      horizon: null,
      notes: [],
    });
  });

  it('is that of another merge with its head that was checked out', async () => {
    const checkout = checkoutOf({ mine: ['later', 'head'], later: [] }, at('mine'));
    const { situation } = await traceRevision(REQUEST, { checkout, server: null, deepening });
    expect(situation).toMatchObject({ baseCommit: 'later', ancestors: [] });
  });

  it('is where it branched off when its head was checked out', async () => {
    const { situation } = await traceRevision(REQUEST, {
      checkout: checkoutOf(WHOLE, at('head'), null, 'b2'),
      server: null,
      deepening,
    });
    expect(situation).toMatchObject({ baseCommit: 'b2', ancestors: [] });
    const byServer = await traceRevision(REQUEST, {
      checkout: checkoutOf({ head: ['p'] }, at('head'), 1),
      server: historyOf(WHOLE, 'b1'),
      deepening,
    });
    expect(byServer).toMatchObject({ situation: { baseCommit: 'b1', ancestors: ['b2'] }, horizon: null });
  });

  it('is what the run says where the target was checked out, or nothing is known', async () => {
    const targeted = { ...REQUEST, commit: 'head', merged: false };
    const checkout = checkoutOf({ said: ['b1', 'x'], b1: [] }, at('said', 'main'));
    expect((await traceRevision(targeted, { checkout, server: null, deepening })).situation).toMatchObject({
      baseCommit: 'said',
      ancestors: ['b1'],
    });
    const blind = await traceRevision(REQUEST, { checkout: NO_CHECKOUT, server: null, deepening });
    expect(blind.situation).toMatchObject({ baseCommit: 'said', ancestors: [] });
    expect(blind.horizon).toBe(
      'no checkout has the commit: one with fetch-depth: 50 would let Varve find nearer baselines by commit',
    );
  });

  it('is unknown where nobody says', async () => {
    const unknown = { ...REQUEST, commit: null, merged: false, headCommit: null, baseCommit: null };
    const traced = await traceRevision(unknown, {
      checkout: checkoutOf(WHOLE, at('merge')),
      server: null,
      deepening,
    });
    expect(traced).toMatchObject({
      situation: { baseCommit: null, ancestors: [] },
      pullRequest: null,
      horizon: null,
      notes: [],
    });
  });
});

describe('the ancestors', () => {
  const onMain: Revision = { kind: 'branch', commit: 'c3', branch: 'main' };

  it('go on at the server where the checkout ends', async () => {
    const checkout = checkoutOf({ c3: ['c2'] }, at('c3', 'main'), 1);
    const server = historyOf({ c2: ['c1'], c1: [] });
    expect(await traceRevision(onMain, { checkout, server, deepening })).toEqual({
      situation: { kind: 'branch', ancestors: ['c2', 'c1'], branch: 'main' },
      built: { commit: 'c3', branch: 'main' },
      pullRequest: null,
      horizon: null,
      notes: [],
    });
  });

  it('that a shallow checkout does not have are said to be missing', async () => {
    const told = async (count: number, server: CommitHistory | null) =>
      (await traceRevision(onMain, { checkout: checkoutOf({ c3: ['c2'] }, null, count), server, deepening }))
        .horizon;
    expect(await told(1, null)).toBe(
      'the checkout has 1 commit: fetch-depth: 50 would let Varve find nearer baselines by commit',
    );
    expect(await told(7, historyOf({}))).toBe(
      'the checkout has 7 commits: fetch-depth: 50 would let Varve find nearer baselines by commit',
    );
  });

  it('are enough at some length', async () => {
    const graph = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`c${index}`, [`c${index - 1}`]]),
    );
    const revision: Revision = { kind: 'branch', commit: 'c1999', branch: 'main' };
    const traced = await traceRevision(revision, {
      checkout: checkoutOf(graph, null),
      server: null,
      deepening,
    });
    expect(traced.horizon).toBeNull();
    expect(traced.situation).toMatchObject({ ancestors: { length: 500 } });
  });

  it('are looked up in what else there is after trouble, which is noted once', async () => {
    const refuse = async (): Promise<never> => {
      throw new VarveError('denied', 'git does not trust it', { hint: 'do something' });
    };
    const broken = {
      readHead: refuse,
      branchAt: refuse,
      countShallow: refuse,
      parentsOf: refuse,
      lineOf: refuse,
      mergeBaseOf: refuse,
      tags: refuse,
    };
    const traced = await traceRevision(REQUEST, { checkout: broken, server: historyOf(WHOLE), deepening });
    expect(traced.situation).toMatchObject({ baseCommit: 'base', ancestors: ['b1', 'b2'] });
    expect(traced.notes).toEqual(['some commits are not known: git does not trust it (do something)']);
    const alone = await traceRevision(
      { kind: 'checked-out', commit: null, branch: null },
      { checkout: broken, server: null, deepening },
    );
    expect(alone.situation).toEqual({ kind: 'unversioned' });
    expect(alone.notes).toHaveLength(1);
  });

  it('a fault of our own is not hidden', async () => {
    const checkout = { ...NO_CHECKOUT, readHead: () => Promise.reject(new TypeError('a bug')) };
    await expect(traceRevision(REQUEST, { checkout, server: null, deepening })).rejects.toThrow('a bug');
  });
});

describe('outside of CI', () => {
  const trace = async (given: Partial<Head>, head: Head | null) => {
    const revision = { kind: 'checked-out', commit: null, branch: null, ...given } as const;
    const checkout = checkoutOf({ c2: ['c1'], c1: [] }, head);
    const { situation, built } = await traceRevision(revision, { checkout, server: null, deepening });
    return { situation, built };
  };

  it('commit and branch are what is checked out', async () => {
    expect(await trace({}, at('c2', 'main'))).toEqual({
      situation: { kind: 'branch', ancestors: ['c1'], branch: 'main' },
      built: at('c2', 'main'),
    });
    expect(await trace({}, at('c2'))).toMatchObject({ situation: { ancestors: ['c1'], branch: null } });
    expect((await trace({}, at('tip'))).built).toEqual(at('tip', 'trunk'));
    expect((await trace({ branch: 'mine' }, at('tip'))).built).toEqual(at('tip', 'mine'));
    expect(await trace({}, null)).toEqual({ situation: { kind: 'unversioned' }, built: null });
  });

  it('what is given wins', async () => {
    expect((await trace({ branch: 'mine' }, at('c2', 'main'))).built).toEqual(at('c2', 'mine'));
    expect((await trace({ commit: 'c1' }, at('c2', 'main'))).built).toEqual(at('c1', null));
    expect((await trace({ commit: 'c9', branch: 'mine' }, null)).situation).toEqual({
      kind: 'branch',
      ancestors: [],
      branch: 'mine',
    });
  });
});

describe('a pull request that the surroundings say little of', () => {
  const facts = { number: 7, headCommit: 'head', baseCommit: 'said', baseBranch: 'release' };
  const stranger: Revision = {
    ...REQUEST,
    ...{ commit: null, merged: false, headCommit: null, baseCommit: null, baseBranch: null },
    sought: { number: 7 },
  };

  it('is completed by what the server says', async () => {
    const tools = { checkout: checkoutOf(WHOLE, at('merge')), server: null, deepening };
    const pullRequests = { find: async () => facts };
    const traced = await traceRevision(stranger, { ...tools, pullRequests });
    expect(traced).toMatchObject({
      pullRequest: facts,
      situation: { baseCommit: 'base', baseBranch: 'release' },
    });
    const alone = await traceRevision(stranger, tools);
    expect(alone).toMatchObject({ pullRequest: null, situation: { baseCommit: null, baseBranch: null } });
  });

  it('stays unknown, and that is noted, where the server refuses', async () => {
    const pullRequests = { find: () => Promise.reject(new VarveError('denied', 'no', { hint: 'ask' })) };
    const traced = await traceRevision(stranger, {
      checkout: NO_CHECKOUT,
      server: null,
      pullRequests,
      deepening,
    });
    expect(traced).toMatchObject({ pullRequest: null, notes: ['some commits are not known: no (ask)'] });
  });
});
