/** A comment of a pull request. */
export interface PostedComment {
  readonly id: number;
  readonly body: string;
  /** The login of its author. */
  readonly author: string;
  /** The page that shows it. */
  readonly url: string;
}

/** Port: the comments of one pull request. */
export interface PullRequestComments {
  /**
   * Those that begin with a text, the oldest first.
   * @throws VarveError `denied`, `unreachable`.
   */
  list(beginning: string): Promise<readonly PostedComment[]>;
  /** The login that comments are written under. @throws VarveError `denied`, `unreachable`. */
  whoAmI(): Promise<string>;
  /** The commit at the head of the pull request. @throws VarveError `denied`, `unreachable`. */
  readHead(): Promise<string>;
  /** When the last comment of the pull request was deleted by someone else than us; null when none was. @throws VarveError `denied`, `unreachable`. */
  lastDeletion(): Promise<string | null>;
  /** @throws VarveError `denied`, `unreachable`: then it may have been written nevertheless. */
  create(body: string): Promise<PostedComment>;
  /** @returns null when it is no longer there. @throws VarveError `denied`, `unreachable`. */
  update(id: number, body: string): Promise<PostedComment | null>;
  /** One that is gone is removed. @throws VarveError `denied`, `unreachable`. */
  remove(id: number): Promise<void>;
}
