import type { Digest } from '../../base/digest.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import { packLines } from '../../core/pack/json-lines.ts';
import { HISTORY_FILE, type PackFile } from '../../core/pack/pack.ts';
import { packImages } from '../../core/pack/pack-images.ts';
import { selectEntries } from '../../core/pack/select-entries.ts';
import type { Store } from '../../core/store/store.ts';
import type { Platform } from '../../core/words/platform.ts';

export interface PackStoreRequest {
  readonly tenant: string;
  readonly name: string;
  /** Undefined for all platforms. */
  readonly platform: Platform | undefined;
  /** Snapshots that come along whatever else does, such as the baseline of a pull request. */
  readonly keep?: readonly Digest[];
  /** How many entries of the history are listed at most. */
  readonly mostEntries?: number;
  /** How many branches and pull requests come along with their newest snapshot at most. */
  readonly mostLines?: number;
}

const MOST_ENTRIES = 500;
const MOST_LINES = 4;

/**
 * The files of a pack: what the next comparison of a name may need of a store. The same content gives the same files.
 * What the store lacks or has damaged is left out, with the entry that names it.
 * @throws VarveError when the store cannot be reached.
 */
export async function* packStore(store: Store, request: PackStoreRequest): AsyncGenerator<PackFile> {
  const { keep = [], mostEntries = MOST_ENTRIES, mostLines = MOST_LINES } = request;
  const entries = await readEntries(store, request);
  const { history, complete } = selectEntries(entries, { keep, mostEntries, mostLines });
  yield { name: HISTORY_FILE, bytes: packLines(history) };
  yield* packImages(store.surface, complete);
}

async function readEntries(
  { history }: Store,
  { tenant, name, platform }: PackStoreRequest,
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for await (const entry of history.list({ tenant, name, ...(platform && { platform }) }))
    entries.push(entry);
  return entries;
}
