import type { PackFile, PackReader } from '../pack/pack.ts';

/** Port: a cache of packs under keys. An entry is never changed, and may vanish at any time. */
export interface EntryCache {
  /** How a user names it: `cache`. */
  readonly location: string;
  /**
   * Fetches the newest entry of the first prefix that has one; null when none has. Dispose of it when it was read.
   * @throws VarveError `malformed` for an entry that cannot be unpacked; `unreachable`.
   */
  restore(prefixes: readonly string[]): Promise<CacheEntry | null>;
  /**
   * Keeps an entry, unless there is one of that key, or the run may only read.
   * @throws VarveError `store-unwritable`, `unreachable` with the reason when the entry was not kept.
   */
  save(key: string, files: AsyncIterable<PackFile>): Promise<SaveOutcome>;
}

export type SaveOutcome = 'saved' | 'taken' | 'read-only';

/** An entry that was fetched, and not yet looked into: a stranger's. */
export interface CacheEntry extends AsyncDisposable {
  readonly key: string;
  readonly pack: PackReader;
}
