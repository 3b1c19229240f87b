import type { CacheScope } from '../../core/cache/cache-scope.ts';
import type { Revision } from '../../core/history/revision.ts';

/** Which run it is, and what it is of. */
export interface RunIdentity {
  /** Names the run in everything that it stores. */
  readonly scanId: string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly pullRequest: number | null;
  /** Of the repository; null when it is not known. */
  readonly defaultBranch: string | null;
  /** A page that shows the run. */
  readonly url: string | null;
  /** Whose part of the workflows' cache it saves to. */
  readonly cacheScope: CacheScope;
}

/** A run as its surroundings tell it, before commits are looked up. */
export interface RunDescription extends RunIdentity {
  readonly revision: Revision;
}
