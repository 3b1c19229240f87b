import { toVarveError, VarveError } from '../../base/errors.ts';
import { isSharedRun } from '../../core/history/choose-baseline.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { RunFacts } from '../../core/run/run-facts.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import type { PlatformImage } from '../image/open-image.ts';

/** What others record of the same name at the same time stands between. */
const MOST_ENTRIES = 50;

/**
 * Refuses an image whose name another one has that this very run recorded before, such as `web:full` after `web:slim`:
 * later runs would be compared with either.
 * @throws VarveError `bad-option`.
 */
export async function refuseSharedName(
  store: Store,
  { tenant, name }: Pick<HistoryEntry, 'tenant' | 'name'>,
  images: readonly PlatformImage[],
  { scanId, commit }: Pick<RunFacts, 'scanId' | 'commit'>,
): Promise<void> {
  if (!isSharedRun(scanId)) return;
  for (const { platform, image } of images) {
    const query = { tenant, name, platform, ...(commit !== null && { commits: [commit] }) };
    let passed = 0;
    for await (const entry of store.history.list(query)) {
      if (entry.scanId === scanId && (await isOther(store, entry, image))) throw shared(entry);
      passed += 1;
      if (passed === MOST_ENTRIES) break;
    }
  }
}

/** What cannot be read proves nothing. */
async function isOther(
  { surface }: Store,
  { tenant, snapshotDigest }: HistoryEntry,
  { config }: PlatformImage['image'],
): Promise<boolean> {
  try {
    const snapshot = await readSnapshot(surface, tenant, snapshotDigest);
    return snapshot !== null && snapshot.config.digest !== config.digest;
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
    return false;
  }
}

function shared({ name, reference }: HistoryEntry): VarveError {
  return new VarveError('bad-option', `in this run the name ${name} already belongs to ${reference}`, {
    object: name,
    hint: `give each image of a run a name of its own with --name (input name), such as ${name}-full`,
  });
}
