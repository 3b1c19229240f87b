import type { SoughtPullRequest } from './pull-requests.ts';

/** What a run's surroundings say of what was built, before commits are looked up. Commits are full ids. */
export type Revision =
  | {
      readonly kind: 'pull-request';
      /** The commit that the run is of, which need not be the one that was built. */
      readonly commit: string | null;
      /** Whether `commit` is the merge of the pull request into its base. */
      readonly merged: boolean;
      /** The newest commit of the pull request itself. */
      readonly headCommit: string | null;
      /** The tip of the base branch as the surroundings saw it, which may be older or newer than what was built on. */
      readonly baseCommit: string | null;
      readonly baseBranch: string | null;
      readonly defaultBranch: string | null;
      /** How more is learned of it, where the surroundings say little. */
      readonly sought?: SoughtPullRequest;
    }
  | {
      readonly kind: 'branch';
      readonly commit: string | null;
      /** Where to look when no ancestor has a snapshot; null when it is not known. */
      readonly branch: string | null;
      /** Nothing new is built: a schedule or a person had it done again. */
      readonly again?: true;
      /** The tag that the commit is released under. */
      readonly tag?: string;
    }
  | {
      /** What is not given, the checkout tells. */
      readonly kind: 'checked-out';
      readonly commit: string | null;
      readonly branch: string | null;
    };
