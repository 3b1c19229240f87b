import type { Tags } from './release.ts';

/** Port: a place that knows commits and their parents, such as a checkout or a server. Commits are full ids. */
export interface CommitHistory {
  /** The parents that a commit itself states, the first one first; null when the commit is not known here. */
  parentsOf(commit: string): Promise<readonly string[] | null>;
  /** The first-parent ancestors of a commit, so many at most; null when the commit is not known here. */
  lineOf(commit: string, limit: number): Promise<CommitLine | null>;
  /** The best common ancestor of two commits; null when it is not known here. */
  mergeBaseOf(one: string, other: string): Promise<string | null>;
  /** The tags that are known here; null where none can be. */
  tags(): Promise<Tags | null>;
}

/** Port: a place that has the files of commits. */
export interface CommitFiles {
  /**
   * A file as a commit has it.
   * @param path from the top of the repository, with slashes.
   */
  readFileOf(commit: string, path: string): Promise<CommittedFile>;
}

export type CommittedFile =
  | { readonly kind: 'file'; readonly text: string }
  /** The commit has no file there: nothing, a folder, or a link. */
  | { readonly kind: 'absent' }
  /** The commit, or the content of the file, is not known here. */
  | { readonly kind: 'unknown' };

/** The first-parent ancestors of a commit. */
export interface CommitLine {
  /** Nearest first, without the commit itself. */
  readonly ancestors: readonly string[];
  /** Whether the last one has parents that are not known here: there is more of this line elsewhere. */
  readonly cut: boolean;
}

/** Port: the history of a checkout, and what is checked out. */
export interface Checkout extends CommitHistory {
  /** Null outside a checkout. */
  readHead(): Promise<Head | null>;
  /** The one branch, here or at a remote, that has a commit as its tip; null when there is none, or several. */
  branchAt(commit: string): Promise<string | null>;
  /** How many commits a shallow checkout has; null for one that has all of its history, and outside a checkout. */
  countShallow(): Promise<number | null>;
}

/** What is checked out. */
export interface Head {
  /** Null before the first commit. */
  readonly commit: string | null;
  /** Null when a commit is checked out, and no branch. */
  readonly branch: string | null;
}

/** Whether a text is the full id of a commit, in a repository of either kind. */
export function isCommitId(text: string): boolean {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text);
}
