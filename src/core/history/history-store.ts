import type { Damage, OnDamage } from '../surface/surface-store.ts';
import type { Platform } from '../words/platform.ts';
import type { HistoryEntry } from './history.ts';

/** Port: which snapshots were taken. Entries are immutable, one object each; concurrent writers lose none. */
export interface HistoryStore {
  /** Keeps an entry durably. Idempotent. @param origin `taken` when left out. @throws VarveError `store-unwritable`. */
  append(entry: HistoryEntry, origin?: EntryOrigin): Promise<void>;
  /** Entries of a name, newest first (equal times: by digest of the entry, the greatest first). Damaged entries are passed to `onDamage` and skipped. */
  list(query: HistoryQuery): AsyncIterable<HistoryEntry>;
  /** Names that have entries, sorted. */
  names(tenant: string): Promise<readonly string[]>;
  /**
   * Reads and verifies all entries of all tenants; yields each damaged object.
   * @param examine may find something wrong with a sound entry, and says what; null is fine.
   */
  verify(examine: (entry: HistoryEntry) => Promise<string | null>): AsyncIterable<Damage>;
}

/**
 * Whether a run took the snapshot of an entry, or the entry came with a kit. What a kit says of layers spares reading none,
 * so a store that learns that from its history must know which is which.
 */
export type EntryOrigin = 'taken' | 'carried';

export interface HistoryQuery {
  readonly tenant: string;
  readonly name: string;
  readonly platform?: Platform;
  /** Only entries of one of these commits. */
  readonly commits?: readonly string[];
  /** Only entries of this branch. */
  readonly branch?: string;
  /** Only entries that come after this one: the next page of a list, whatever was added meanwhile. */
  readonly after?: HistoryEntry;
  readonly onDamage?: OnDamage;
}
