import type { Comparison, Comparisons, Pointer, Pointers } from './documents.ts';
import type { CallOptions, ReportFormat } from './options.ts';
import type { SnapshotSettings } from './settings.ts';
/** What a run found out. */
export interface SnapshotOutcome {
    /** The pointer of the one platform, or the pointers of several. */
    readonly pointer: Pointer | Pointers;
    /** What differs from the baseline; null on a first run. */
    readonly comparison: Comparison | Comparisons | null;
    /** Where it was published, as `oci://HOST/REPO@DIGEST`. */
    readonly published: readonly string[];
    /** What the run has to say to people. */
    report(format: ReportFormat): Promise<string>;
}
/**
 * Records an image layer by layer and compares it with its baseline, as `varve snapshot` does.
 * @param image an image reference; of several, the first that leads to an image is taken.
 * @throws VarveError
 */
export declare function snapshot(image: string | readonly string[], settings?: SnapshotSettings, options?: CallOptions): Promise<SnapshotOutcome>;
