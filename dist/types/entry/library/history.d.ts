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
export declare function history(name: string, settings?: HistorySettings, { limit, onDamage, ...options }?: HistorySelection): Promise<readonly HistoryOutput[]>;
