import type { Comparison } from '../../src/core/comparison/comparison.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { PlatformResult, SnapshotImageResult } from '../../src/flows/snapshot-image.ts';

/** What a run gave that dealt with one platform. */
export interface LoneRun extends Omit<PlatformResult, 'comparison'> {
  /** Null on a first run. */
  readonly comparison: Comparison | null;
  readonly report: Report;
}

export function loneRun({ platforms, report }: SnapshotImageResult): LoneRun {
  const [only] = platforms;
  return { ...only, report, comparison: only.change?.comparison ?? null };
}
