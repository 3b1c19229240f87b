import type { HistoryEntry } from './history.ts';
import type { HistoryQuery } from './history-store.ts';

/** What is known of the commit that was built. Commits are full ids; ancestors are first parents, nearest first. */
export type Situation =
  | {
      readonly kind: 'pull-request';
      /** The commit of the base branch that the merge was built on; null when not known. */
      readonly baseCommit: string | null;
      /** Ancestors of the base commit, without itself. */
      readonly ancestors: readonly string[];
      readonly baseBranch: string | null;
      readonly defaultBranch: string | null;
    }
  | {
      readonly kind: 'branch';
      /** The commit itself, where it was built before and an earlier snapshot of it is the nearest. */
      readonly rebuilt?: string;
      /** The ancestor that was released before, where a release was built. */
      readonly released?: string;
      /** Ancestors of the commit that was built, without itself. */
      readonly ancestors: readonly string[];
      /** Where to look when no ancestor has an entry; null for everywhere. */
      readonly branch: string | null;
    }
  /** Outside git, or nothing is known of it. */
  | { readonly kind: 'unversioned' };

/** How a baseline was found, in the order of preference. */
export const BASELINE_RULES = [
  'base-commit',
  'previous-release',
  'ancestor',
  'base-branch',
  'default-branch',
  'branch-newest',
  'newest',
] as const;

export type BaselineRule = (typeof BASELINE_RULES)[number];

export type BaselineChoice =
  | {
      readonly found: BaselineRule;
      readonly entry: HistoryEntry;
      /**
       * Commits from the base commit (of a pull request) or the built one (of a branch) back to the entry's;
       * null where the rule does not depend on ancestry.
       */
      readonly distance: number | null;
    }
  | { readonly found: 'none'; readonly entry: null; readonly distance: null };

interface Candidate {
  readonly found: BaselineRule;
  readonly entry: HistoryEntry;
  readonly distance: number | null;
  /** 0 is the best; one place for each commit of the ancestry, then one for each fall-back. */
  readonly rank: number;
}

/** The run itself. Its own entries are never what it is compared with. */
export interface OwnRun {
  readonly scanId: string;
  /** The commit that was built, if earlier snapshots of it must not be the baseline either; else null. */
  readonly commit: string | null;
  /** When it takes place, in ISO 8601; left out where no entry can be from later. */
  readonly time?: string;
}

/** Milliseconds that the clocks of two machines may differ by. */
const CLOCK_SKEW = 3600_000;

/** Whether a wrong clock dated an entry: nothing that is from later than a run was there before it. */
function isFromTheFuture(entry: HistoryEntry, { time }: Pick<OwnRun, 'time'>): boolean {
  return time !== undefined && Date.parse(entry.time) > Date.parse(time) + CLOCK_SKEW;
}

/** Whether an entry is of the run itself, in this attempt or an earlier one, or of the commit that it built. */
function isOwn({ scanId, commit }: HistoryEntry, own: OwnRun): boolean {
  return isSameRun(scanId, own.scanId) || (own.commit !== null && commit === own.commit);
}

/** Whether an entry may be a baseline: those of pull requests and those of the run itself never are. */
export const mayServe = (entry: HistoryEntry, own: OwnRun | null): boolean =>
  entry.pullRequest === null && (own === null || !isOwn(entry, own));

/** Whether two IDs are of one run: of its jobs, or of attempts at it. */
export const isSameRun = (one: string, other: string): boolean =>
  withoutAttempt(one) === withoutAttempt(other);

/** A run may be attempted several times: `github-<run>-<attempt>`, `gitlab-<pipeline>-<job>`. */
const withoutAttempt = (scanId: string): string => scanId.replace(/^(git(?:hub|lab)-\d+)-\d+$/, '$1');

/** Whether other steps, jobs or attempts may record under the ID of a run, too; elsewhere each run has an ID of its own. */
export const isSharedRun = (scanId: string): boolean => withoutAttempt(scanId) !== scanId;

/** Commits that are asked for at first: usually one of them has an entry. */
const NEAREST = 8;

/**
 * Chooses what to compare with, among the entries of one name and platform, which come one by one, newest first.
 * Pull requests' own runs are never a baseline, so that a pull request is always shown against its base; nor is the run
 * itself.
 */
export class EntrySearch {
  readonly #places: ReadonlyMap<string, Place>;
  readonly #fallbacks: readonly Fallback[];
  readonly #own: OwnRun | null;
  #best: Candidate | null = null;

  /** @param own null where the run has no entry yet, such as a look at what others left. */
  constructor(situation: Situation, own: OwnRun | null = null) {
    this.#places = placesOf(situation);
    this.#fallbacks = fallbacksOf(situation);
    this.#own = own;
  }

  /** Takes the next entry; returns true once no further one can be better. */
  offer(entry: HistoryEntry): boolean {
    const candidate = this.#judge(entry);
    if (candidate !== null && (this.#best === null || candidate.rank < this.#best.rank))
      this.#best = candidate;
    return this.#best?.rank === 0;
  }

  /** Whether nothing better will be found by a question that is not for commits. */
  get isSettled(): boolean {
    return this.#best !== null && this.#best.rank < this.#places.size + this.#fallbacks.length;
  }

  /** Whether an entry may be chosen at all. */
  serves(entry: HistoryEntry): boolean {
    return this.#judge(entry) !== null;
  }

  /** Those that may be chosen, best first; equally good ones stay in their order. */
  rank(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
    const candidates = entries.flatMap((entry) => this.#judge(entry) ?? []);
    return candidates.sort((one, other) => one.rank - other.rank).map(({ entry }) => entry);
  }

  /**
   * What to ask a store for, one after the other, so that it need not give all of its entries: those of the nearest
   * commits first. Ends once an answer had one to choose. Of an answer without `commits` the first that settles it will do.
   */
  *queries(): Generator<Pick<HistoryQuery, 'commits' | 'branch'>> {
    const commits = [...this.#places.keys()];
    for (let start = 0, count = NEAREST; start < commits.length; start += count, count = commits.length) {
      yield { commits: commits.slice(start, start + count) };
      if (this.#best !== null) return;
    }
    for (const { branch } of this.#fallbacks) {
      yield branch === null ? {} : { branch };
      if (this.isSettled) return;
    }
  }

  get choice(): BaselineChoice {
    if (this.#best === null) return { found: 'none', entry: null, distance: null };
    const { found, entry, distance } = this.#best;
    return { found, entry, distance };
  }

  #judge(entry: HistoryEntry): Candidate | null {
    if (!mayServe(entry, this.#own)) return null;
    const place = entry.commit === null ? undefined : this.#places.get(entry.commit);
    if (place !== undefined) return { ...place, entry };
    const index = this.#fallbacks.findIndex(({ branch }) => branch === null || branch === entry.branch);
    const fallback = this.#fallbacks[index];
    if (fallback === undefined) return null;
    const rank = this.#places.size + index;
    // The newest that was dated by a wrong clock would stay the newest until that time comes.
    const behind = this.#own !== null && isFromTheFuture(entry, this.#own) ? this.#fallbacks.length : 0;
    return { found: fallback.found, entry, distance: null, rank: rank + behind };
  }
}

type Place = Pick<Candidate, 'found' | 'distance' | 'rank'>;

/** The commits whose entries will do, best first. */
export const soughtCommits = (situation: Situation): readonly string[] => [...placesOf(situation).keys()];

/** The same, each with its rank. */
function placesOf(situation: Situation): Map<string, Place> {
  const places = new Map<string, Place>();
  const add = (commit: string, found: BaselineRule, distance: number) => {
    if (!places.has(commit)) places.set(commit, { found, distance, rank: places.size });
  };
  if (situation.kind === 'unversioned') return places;
  if (situation.kind === 'pull-request' && situation.baseCommit !== null) {
    add(situation.baseCommit, 'base-commit', 0);
  }
  if (situation.kind === 'branch' && situation.rebuilt !== undefined) add(situation.rebuilt, 'ancestor', 0);
  const ancestors = situation.ancestors.map((commit, index) => ({ commit, distance: index + 1 }));
  const released = situation.kind === 'branch' ? situation.released : undefined;
  const at = ancestors.findIndex(({ commit }) => commit === released);
  for (const { commit, distance } of nearestTo(at, ancestors)) {
    add(commit, commit === released ? 'previous-release' : 'ancestor', distance);
  }
  return places;
}

/** Things in the order of how well they stand for one of them: itself, those after it, those before it. */
function nearestTo<T>(at: number, things: readonly T[]): readonly T[] {
  return at < 0 ? things : [...things.slice(at), ...things.slice(0, at).reverse()];
}

interface Fallback {
  readonly found: BaselineRule;
  /** Null for all. */
  readonly branch: string | null;
}

/** What will do when no commit of the ancestry has an entry, best first. */
function fallbacksOf(situation: Situation): Fallback[] {
  const newestOf = (found: BaselineRule, branch: string | null): Fallback[] =>
    branch === null ? [] : [{ found, branch }];
  const newest: Fallback = { found: 'newest', branch: null };
  switch (situation.kind) {
    case 'pull-request':
      return [
        ...newestOf('base-branch', situation.baseBranch),
        ...newestOf('default-branch', situation.defaultBranch),
      ];
    case 'branch':
      return situation.branch === null ? [newest] : newestOf('branch-newest', situation.branch);
    case 'unversioned':
      return [newest];
  }
}

/**
 * Which entries may be named as a baseline by their place in a history. To a pull request no branch gives one that its
 * author may push to.
 */
export function servingIn(situation: Situation, own: OwnRun | null): (entry: HistoryEntry) => boolean {
  if (situation.kind !== 'pull-request') return (entry) => mayServe(entry, own);
  const search = new EntrySearch(situation, own);
  return (entry) => search.serves(entry);
}
