import { toVarveError } from '../../base/errors.ts';
import type { Situation } from '../../core/history/choose-baseline.ts';
import type { Checkout, CommitHistory, CommitLine, Head } from '../../core/history/commit-history.ts';
import type { PullRequestFacts, PullRequests } from '../../core/history/pull-requests.ts';
import { findReleaseBefore } from '../../core/history/release.ts';
import type { Revision } from '../../core/history/revision.ts';

/** Where commits are looked up. */
export interface RevisionTools {
  readonly checkout: Checkout;
  /** Asked for what the checkout does not have; null when there is none that may be asked. */
  readonly server: CommitHistory | null;
  /** Null where nobody knows of pull requests. */
  readonly pullRequests?: PullRequests | null;
  /** What would give more history here, such as `fetch-depth: 50`. */
  readonly deepening: string;
}

/** What was found out of the commit that was built. */
export interface TracedRevision {
  readonly situation: Situation;
  /** The commit and branch that ancestors were looked for from; null for a pull request, and outside git. */
  readonly built: Head | null;
  /** What the server said of the pull request, where it was asked. */
  readonly pullRequest: PullRequestFacts | null;
  /** Why the ancestors are not all there are, and what would give more; null when nothing is missing. */
  readonly horizon: string | null;
  /** What went wrong on the way. */
  readonly notes: readonly string[];
}

/** So many commits back a baseline is looked for: months of most projects. */
const LONGEST_LINE = 500;

/**
 * Finds the commit that was built, the one that it was built on, and their ancestors: in the checkout, else from the
 * server, else as the run's surroundings say. Trouble is noted, and then less is known.
 */
export async function traceRevision(
  revision: Revision,
  { checkout, server, pullRequests = null, deepening }: RevisionTools,
): Promise<TracedRevision> {
  const notes: string[] = [];
  const histories = [checkout, ...(server === null ? [] : [server])].map((each) => quietly(each, notes));
  const search = new CommitSearch(histories);
  const sought = revision.kind === 'pull-request' ? revision.sought : undefined;
  const pullRequest = sought && pullRequests ? await noting(notes, () => pullRequests.find(sought)) : null;
  const { situation, built } = await locate(completed(revision, pullRequest), search, {
    readHead: () => noting(notes, () => checkout.readHead()),
    branchAt: (commit) => noting(notes, () => checkout.branchAt(commit)),
  });
  const horizon = search.cut ? await describeHorizon(checkout, deepening, notes) : null;
  return { situation, built, pullRequest, horizon, notes };
}

/** With what the server said of a pull request. */
function completed(revision: Revision, facts: PullRequestFacts | null): Revision {
  if (revision.kind !== 'pull-request' || facts === null) return revision;
  const { headCommit, baseCommit, baseBranch } = facts;
  return { ...revision, headCommit, baseCommit, baseBranch };
}

type Located = Pick<TracedRevision, 'situation' | 'built'>;

async function locate(
  revision: Revision,
  search: CommitSearch,
  checkout: Pick<Checkout, 'readHead' | 'branchAt'>,
): Promise<Located> {
  switch (revision.kind) {
    case 'pull-request': {
      const { baseBranch, defaultBranch } = revision;
      const head = await checkout.readHead();
      const baseCommit = await search.baseOf(revision, head?.commit ?? null);
      const ancestors = baseCommit === null ? [] : await search.ancestorsOf(baseCommit);
      const situation = { kind: 'pull-request', baseCommit, ancestors, baseBranch, defaultBranch } as const;
      return { situation, built: null };
    }
    case 'branch':
      return onBranch(revision, search, revision);
    case 'checked-out': {
      const built = await completeBy(checkout, revision);
      if (built.commit === null && built.branch === null) {
        return { situation: { kind: 'unversioned' }, built: null };
      }
      return onBranch(built, search);
    }
  }
}

/** What is not given, as the checkout tells it: what CI checks out is often no branch, but the tip of one. */
async function completeBy(checkout: Pick<Checkout, 'readHead' | 'branchAt'>, given: Head): Promise<Head> {
  const head = await checkout.readHead();
  const commit = given.commit ?? head?.commit ?? null;
  const checkedOut = commit === head?.commit ? head.branch : null;
  const branch = given.branch ?? checkedOut ?? (commit && (await checkout.branchAt(commit)));
  return { commit, branch };
}

async function onBranch(
  { commit, branch }: Head,
  search: CommitSearch,
  { again, tag }: Pick<Extract<Revision, { kind: 'branch' }>, 'again' | 'tag'> = {},
): Promise<Located> {
  const built = { commit, branch };
  if (commit === null) return { situation: { kind: 'branch', ancestors: [], branch }, built };
  const ancestors = await search.ancestorsOf(commit);
  const rebuilt = again ? { rebuilt: commit } : {};
  const release = tag === undefined ? null : await search.releaseBefore(tag, ancestors);
  const released = release === null ? {} : { released: release };
  return { situation: { kind: 'branch', ...rebuilt, ...released, ancestors, branch }, built };
}

type PullRequest = Extract<Revision, { kind: 'pull-request' }>;

/** Looks commits up in one history after the other. */
class CommitSearch {
  readonly #histories: readonly CommitHistory[];
  /** Whether there are ancestors that no history gave. */
  cut = false;

  constructor(histories: readonly CommitHistory[]) {
    this.#histories = histories;
  }

  /** The commit of the base branch that a pull request was built on. */
  async baseOf(request: PullRequest, checkedOut: string | null): Promise<string | null> {
    const { commit, merged, headCommit, baseCommit } = request;
    for (const built of new Set([checkedOut, merged ? commit : null])) {
      if (built === null) continue;
      if (built === headCommit) return this.#forkOf(request);
      const [first, ...others] = (await this.#first((history) => history.parentsOf(built))) ?? [];
      const isMerge =
        merged && built === commit ? others.length > 0 : others.some((each) => each === headCommit);
      if (first !== undefined && isMerge) return first;
    }
    return baseCommit;
  }

  /** First-parent ancestors, nearest first, each history going on where the one before ended. */
  async ancestorsOf(commit: string): Promise<readonly string[]> {
    const found: string[] = [];
    this.cut = true;
    for (const history of this.#histories) {
      const line: CommitLine | null = await history.lineOf(
        found.at(-1) ?? commit,
        LONGEST_LINE - found.length,
      );
      if (line === null) continue;
      found.push(...line.ancestors);
      this.cut = line.cut && found.length < LONGEST_LINE;
      if (!line.cut || found.length >= LONGEST_LINE) break;
    }
    return found;
  }

  /** The ancestor of a release that was released before it; a checkout usually has only the tag that was built. */
  releaseBefore(tag: string, ancestors: readonly string[]): Promise<string | null> {
    return this.#first(async (history) => {
      const tags = await history.tags();
      return tags && findReleaseBefore(tag, ancestors, tags);
    });
  }

  /** Where a pull request whose own newest commit was built left its base. */
  async #forkOf({ headCommit, baseCommit }: PullRequest): Promise<string | null> {
    if (headCommit === null || baseCommit === null) return baseCommit;
    return (await this.#first((history) => history.mergeBaseOf(baseCommit, headCommit))) ?? baseCommit;
  }

  async #first<T>(ask: (history: CommitHistory) => Promise<T | null>): Promise<T | null> {
    for (const history of this.#histories) {
      const answer = await ask(history);
      if (answer !== null) return answer;
    }
    return null;
  }
}

/** The same history, which knows nothing from the first trouble on, and has that noted. */
function quietly(history: CommitHistory, notes: string[]): CommitHistory {
  let failed = false;
  const ask = async <T>(question: () => Promise<T | null>): Promise<T | null> => {
    if (failed) return null;
    const before = notes.length;
    const answer = await noting(notes, question);
    failed = notes.length > before;
    return answer;
  };
  return {
    parentsOf: (commit) => ask(() => history.parentsOf(commit)),
    lineOf: (commit, limit) => ask(() => history.lineOf(commit, limit)),
    mergeBaseOf: (one, other) => ask(() => history.mergeBaseOf(one, other)),
    tags: () => ask(() => history.tags()),
  };
}

/** Does something that may fail for reasons outside; notes each of them once. */
async function noting<T>(notes: string[], ask: () => Promise<T | null>): Promise<T | null> {
  try {
    return await ask();
  } catch (fault) {
    const { isFatal, message, hint } = toVarveError(fault);
    if (isFatal) throw fault;
    const note = `some commits are not known: ${message}${hint === undefined ? '' : ` (${hint})`}`;
    if (!notes.includes(note)) notes.push(note);
    return null;
  }
}

async function describeHorizon(checkout: Checkout, deepening: string, notes: string[]): Promise<string> {
  const count = await noting(notes, () => checkout.countShallow());
  const present =
    count === null
      ? 'no checkout has the commit: one with'
      : `the checkout has ${count} ${count === 1 ? 'commit' : 'commits'}:`;
  return `${present} ${deepening} would let Varve find nearer baselines by commit`;
}
