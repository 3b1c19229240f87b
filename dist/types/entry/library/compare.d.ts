import type { Comparison, Comparisons } from './documents.ts';
import type { CallOptions, OnePlatform, ReportFormat } from './options.ts';
import type { CompareSettings } from './settings.ts';
/** What differs between two images. */
export interface CompareOutcome<C extends Comparison | Comparisons = Comparison> {
    readonly comparison: C;
    /** What differs, in one line. */
    readonly headline: string;
    report(format: ReportFormat): Promise<string>;
}
/**
 * Compares two images or stored snapshots, as `varve compare` does. Images that are read are kept in the store, but enter
 * no history.
 * @param base an image reference, the digest of a stored snapshot, or `history:NAME~N`.
 * @param target the same.
 * @param settings with `platform: 'all'`, images for several platforms give the comparisons of all.
 * @throws VarveError
 */
export declare function compare(base: string, target: string, settings?: CompareSettings & OnePlatform, options?: CallOptions): Promise<CompareOutcome>;
export declare function compare(base: string, target: string, settings: CompareSettings, options?: CallOptions): Promise<CompareOutcome<Comparison | Comparisons>>;
