import { toOutput } from '../../core/history/history.ts';
import { findName } from '../../flows/look/find-name.ts';
import { readHistory } from '../../flows/look/read-history.ts';
import { openLookUp } from '../compose/open-look-up.ts';
import { makeCall } from './call.ts';
import type { HistoryOutput } from './documents.ts';
import type { CallOptions } from './options.ts';
import type { HistorySettings } from './settings.ts';

export interface HistorySelection extends CallOptions {
  /** How many entries are given at most; all of them when left out. */
  readonly limit?: number;
  /** Called for each damaged entry, which is then skipped. */
  readonly onDamage?: (message: string) => void;
}

/**
 * The snapshots that were taken under a name, newest first, as `varve history` lists them; none where it has none.
 * @throws VarveError
 */
export async function history(
  name: string,
  settings: HistorySettings = {},
  { limit = Number.POSITIVE_INFINITY, onDamage = () => {}, ...options }: HistorySelection = {},
): Promise<readonly HistoryOutput[]> {
  return makeCall('history', settings, options, async (call) => {
    const store = await openLookUp(call);
    const { tenant, platform } = call.settings;
    const rows = await readHistory(store, {
      ...{ tenant, name: await findName(store, tenant, name), limit, warn: onDamage },
      platform: platform === 'all' ? undefined : platform,
    });
    return rows.map(toOutput);
  });
}
