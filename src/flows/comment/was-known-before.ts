import { toVarveError } from '../../base/errors.ts';
import { type CompareOptions, compareSnapshots } from '../../core/comparison/compare.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { Store } from '../../core/store/store.ts';
import { loadEntry } from '../image/load-snapshot.ts';

/**
 * Whether earlier runs of the same pull request, before a time, found just what this run found: no platform differs
 * from their last snapshot in a way that counts. Where that is not known, it was not.
 * @param entries of this run, one a platform.
 */
export async function wasKnownBefore(
  store: Store,
  entries: readonly HistoryEntry[],
  time: string,
  options: CompareOptions,
): Promise<boolean> {
  try {
    for (const entry of entries) {
      const before = await findLast(store, entry, time);
      if (before === null) return false;
      if (before.snapshotDigest === entry.snapshotDigest) continue;
      const comparison = await compareSnapshots(
        await loadEntry(store, before),
        await loadEntry(store, entry),
        options,
      );
      if (comparison.changed !== false) return false;
    }
    return true;
  } catch (fault) {
    if (toVarveError(fault).isFatal) throw fault;
    return false;
  }
}

async function findLast(store: Store, own: HistoryEntry, time: string): Promise<HistoryEntry | null> {
  const { tenant, name, platform, pullRequest, scanId } = own;
  for await (const entry of store.history.list({ tenant, name, platform })) {
    const isOfSame = entry.pullRequest === pullRequest && entry.scanId !== scanId;
    if (isOfSame && Date.parse(entry.time) < Date.parse(time)) return entry;
  }
  return null;
}
