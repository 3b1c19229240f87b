import type { Comparison } from '../../src/core/comparison/comparison.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { PlatformResult, SnapshotImageResult } from '../../src/flows/snapshot/snapshot-image.ts';

/** What a run for one platform gave. */
export interface OnlyPlatform extends Omit<PlatformResult, 'comparison'> {
  /** Null on a first run. */
  readonly comparison: Comparison | null;
  readonly report: Report;
}

export function onlyPlatform({ platforms, report }: SnapshotImageResult): OnlyPlatform {
  const [only, ...others] = platforms;
  if (others.length > 0) throw new Error('the run was for several platforms');
  return { ...only, comparison: only.change?.comparison ?? null, report };
}
