import { comparisonOf, pointerOf } from '../../flows/snapshot/run-documents.ts';
import { userStore } from '../host/user-store.ts';
import { runMainJob } from '../job/main-job.ts';
import { makeCall, renderReport } from './call.ts';
import type { Comparison, Comparisons, Pointer, Pointers } from './documents.ts';
import type { CallOptions, OnePlatform, ReportFormat } from './options.ts';
import type { SnapshotSettings } from './settings.ts';

/** What a run found out. */
export interface SnapshotOutcome<
  P extends Pointer | Pointers = Pointer,
  C extends Comparison | Comparisons = Comparison,
> {
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
export function snapshot(
  image: string | readonly string[],
  settings?: SnapshotSettings & OnePlatform,
  options?: CallOptions,
): Promise<SnapshotOutcome>;
export function snapshot(
  image: string | readonly string[],
  settings: SnapshotSettings,
  options?: CallOptions,
): Promise<SnapshotOutcome<Pointer | Pointers, Comparison | Comparisons>>;
export async function snapshot(
  image: string | readonly string[],
  settings: SnapshotSettings = {},
  options: CallOptions = {},
): Promise<SnapshotOutcome<Pointer | Pointers, Comparison | Comparisons>> {
  return makeCall('snapshot', settings, options, async (call) => {
    let published: readonly string[] = [];
    const job = {
      ...call,
      images: typeof image === 'string' ? [image] : image,
      storeFolder: () => userStore(call.host),
      makeDocumentFolder: null,
      now: () => new Date(),
    };
    const result = await runMainJob(job, {
      present: async () => {},
      presentUnwritten: (fault) => {
        throw fault;
      },
      presentPublished: async (places) => {
        published = places;
      },
    });
    return {
      pointer: pointerOf(result),
      comparison: comparisonOf(result),
      published,
      report: (format) => renderReport(result.report, format),
    };
  });
}
