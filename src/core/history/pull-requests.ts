/** How a pull request is known: by its number, or by where it comes from. */
export type SoughtPullRequest =
  | { readonly number: number }
  /** The newest commit of a branch of somebody's repository. */
  | { readonly owner: string; readonly branch: string; readonly headCommit: string };

/** A pull request as the server tells it. */
export interface PullRequestFacts {
  readonly number: number;
  readonly headCommit: string;
  /** The tip of the base branch when the pull request last changed. */
  readonly baseCommit: string;
  readonly baseBranch: string;
}

/** Port: a server that knows pull requests. */
export interface PullRequests {
  /**
   * Null where there is none, or several that it could be.
   * @throws VarveError `denied`, `unreachable`.
   */
  find(sought: SoughtPullRequest): Promise<PullRequestFacts | null>;
}
