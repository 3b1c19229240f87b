import type { Comparison, Comparisons, Pointer, Pointers } from './documents.ts';
import type { CallOptions, OnePlatform, ReportFormat } from './options.ts';
import type { SnapshotSettings } from './settings.ts';
/** What a run found out. */
export interface SnapshotOutcome<P extends Pointer | Pointers = Pointer, C extends Comparison | Comparisons = Comparison> {
    /** Names what was stored. */
    readonly pointer: P;
    /** What differs from the baseline; null on a first run. */
    readonly comparison: C | null;
    /** Where it was published, as `oci://HOST/REPO@DIGEST`. */
    readonly published: readonly string[];
    /** What the run has to say to people. */
    report(format: ReportFormat): Promise<string>;
}
/**
 * Records an image layer by layer and compares it with its baseline, as `varve snapshot` does.
 * @param image an image reference; of several, the first that leads to an image is taken.
 * @param settings with `platform: 'all'`, an image for several platforms gives the documents of all.
 * @throws VarveError
 */
export declare function snapshot(image: string | readonly string[], settings?: SnapshotSettings & OnePlatform, options?: CallOptions): Promise<SnapshotOutcome>;
export declare function snapshot(image: string | readonly string[], settings: SnapshotSettings, options?: CallOptions): Promise<SnapshotOutcome<Pointer | Pointers, Comparison | Comparisons>>;
