import type { Comparison, Comparisons } from './documents.ts';
import type { CallOptions, ReportFormat } from './options.ts';
import type { CompareSettings } from './settings.ts';
/** What differs between two images. */
export interface CompareOutcome {
    /** Of several platforms, the comparisons of all. */
    readonly comparison: Comparison | Comparisons;
    report(format: ReportFormat): Promise<string>;
}
/**
 * Compares two images or stored snapshots, as `varve compare` does. Images that are read are kept in the store, but enter
 * no history.
 * @param base an image reference, the digest of a stored snapshot, or `history:NAME~N`.
 * @param target the same.
 * @throws VarveError
 */
export declare function compare(base: string, target: string, settings?: CompareSettings, options?: CallOptions): Promise<CompareOutcome>;
