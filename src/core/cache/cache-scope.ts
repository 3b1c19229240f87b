/** Whose part of a repository's cache a run saves to: GitHub keeps the entries of each ref apart. */
export interface CacheScope {
  /**
   * Refs whose entries this run sees, and under which the author of what was built may have saved any entry: those of
   * a pull request. None where nobody but the repository's own branches could.
   */
  readonly strangeRefs: readonly string[];
  /** Who alone could read what this run saves; null where later runs are among the readers. */
  readonly readers: 'pull-request' | 'merge-queue' | 'tag' | null;
}

/** The scope of a branch, which its later runs and its pull requests read. */
export const OPEN_SCOPE: CacheScope = { strangeRefs: [], readers: null };

/** Port: tells which entries a ref has. What a run restores does not tell where it came from. */
export interface EntryScopes {
  /**
   * The keys of a ref's entries that begin with a text, in any letter case.
   * @throws VarveError `denied`, `unreachable`.
   */
  keysUnder(ref: string, prefix: string): Promise<readonly string[]>;
}
