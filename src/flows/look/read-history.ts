import { toVarveError } from '../../base/errors.ts';
import type { HistoryEntry, HistoryRow } from '../../core/history/history.ts';
import { measureImage } from '../../core/snapshot/image-size.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import type { Damage } from '../../core/surface/surface-store.ts';
import { formatPlatform, type Platform } from '../../core/words/platform.ts';

export interface ReadHistoryRequest {
  readonly tenant: string;
  readonly name: string;
  /** Undefined for all platforms. */
  readonly platform: Platform | undefined;
  /** How many of the newest are left out, of each platform. */
  readonly back?: number;
  /** How many entries at most. */
  readonly limit: number;
  /** Called for each damaged entry or snapshot, which is then skipped. */
  readonly warn: (message: string) => void;
}

/** The snapshots taken under a name, newest first, with the sizes that their documents tell. */
export async function readHistory(store: Store, request: ReadHistoryRequest): Promise<HistoryRow[]> {
  const { tenant, name, platform, back = 0, limit, warn } = request;
  const passed = new Map<string, number>();
  const rows: HistoryRow[] = [];
  const onDamage = ({ object, problem }: Damage): void => warn(`${object} is damaged: ${problem}`);
  for await (const entry of store.history.list({ tenant, name, onDamage, ...(platform && { platform }) })) {
    if (rows.length >= limit) break;
    const key = formatPlatform(entry.platform);
    const newer = passed.get(key) ?? 0;
    passed.set(key, newer + 1);
    if (newer < back) continue;
    rows.push(await describeEntry(store, entry, warn));
  }
  return rows;
}

async function describeEntry(
  store: Store,
  entry: HistoryEntry,
  warn: (message: string) => void,
): Promise<HistoryRow> {
  try {
    const snapshot = await readSnapshot(store.surface, entry.tenant, entry.snapshotDigest);
    if (snapshot === null) return { entry, layers: null, size: null };
    return { entry, layers: snapshot.layers.length, size: measureImage(snapshot) };
  } catch (fault) {
    const { kind, message } = toVarveError(fault);
    if (kind !== 'bytes') throw fault;
    warn(message);
    return { entry, layers: null, size: null };
  }
}
