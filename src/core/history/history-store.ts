import type { Platform } from '../image/platform.ts';
import type { HistoryEntry } from './history.ts';

/** Port: which snapshots were taken. Entries are immutable, one object each; concurrent writers lose none. */
export interface HistoryStore {
  /** Keeps an entry durably. Idempotent. */
  append(entry: HistoryEntry): Promise<void>;
  /** Entries of a name, newest first (equal times: by digest of the entry). Damaged entries are passed to `onDamage` and skipped. */
  list(query: HistoryQuery): AsyncIterable<HistoryEntry>;
}

export interface HistoryQuery {
  readonly tenant: string;
  readonly name: string;
  readonly platform?: Platform;
  readonly onDamage?: (object: string, problem: string) => void;
}
