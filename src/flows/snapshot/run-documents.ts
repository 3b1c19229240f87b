import type { Comparison } from '../../core/comparison/comparison.ts';
import { type Comparisons, gatherComparisons } from '../../core/comparison/comparisons.ts';
import { platformSegment } from '../../core/history/entry-path.ts';
import { absentPlatforms } from '../../core/image/image-source.ts';
import type { Pointer } from '../../core/run/pointer.ts';
import { POINTERS_SCHEMA, type Pointers } from '../../core/run/pointers.ts';
import { RESULT_SCHEMA, type RunResult } from '../../core/run/run-result.ts';
import type { SnapshotOutput, SnapshotOutputs } from '../../core/run/snapshot-output.ts';
import type { SurfaceManifest } from '../../core/surface/manifest.ts';
import type { Platform } from '../../core/words/platform.ts';
import type { PlatformResult, SnapshotImageResult } from './snapshot-image.ts';

/** Whether a run has several platforms, including those that are gone: its documents then have a part for each. */
export const isSeveral = ({ platforms, failures, gone }: SnapshotImageResult): boolean =>
  platforms.length + failures.length + gone.length > 1;

/** The pointer of a run: that of its one platform, or one document with those of all. */
export function pointerOf(result: SnapshotImageResult): Pointer | Pointers {
  if (!isSeveral(result)) return result.platforms[0].pointer;
  return gather(result, ({ pointer }) => pointer);
}

/** The pointer with the comparisons in full, as `--format json` prints it. */
export function outputOf(result: SnapshotImageResult): SnapshotOutput | SnapshotOutputs {
  const inline = ({ pointer, change }: PlatformResult) =>
    ({ ...pointer, comparisonDocument: change?.comparison ?? null }) as SnapshotOutput;
  if (!isSeveral(result)) return inline(result.platforms[0]);
  return gather(result, inline);
}

function gather<T>(result: SnapshotImageResult, part: (platform: PlatformResult) => T) {
  const { reference, name, platforms, absent, gone, failures } = result;
  return {
    schema: POINTERS_SCHEMA as typeof POINTERS_SCHEMA,
    image: { reference, name },
    platforms: platforms.map(part),
    absentPlatforms: absentPlatforms(absent),
    gonePlatforms: [...gone],
    failures: failures.map(({ platform, error: { code, message } }) => ({ platform, code, message })),
  };
}

/** All that a report is made of. @param asked the platform that was asked for; null for all. */
export function resultOf(
  result: SnapshotImageResult,
  asked: Platform | null,
  workflow: RunResult['workflow'],
): RunResult {
  const documentsOf = ({ pointer, taken, change }: PlatformResult) => ({
    pointer,
    snapshot: taken.snapshot,
    comparison: change?.comparison ?? null,
  });
  return { ...gather(result, documentsOf), schema: RESULT_SCHEMA, platform: asked, workflow };
}

/** What was compared: one comparison, or one document with those of all platforms; null on a first run. */
export function comparisonOf(result: SnapshotImageResult): Comparison | Comparisons | null {
  const { platforms, gone, failures, absent } = result;
  if (!isSeveral(result)) return platforms[0].change?.comparison ?? null;
  const comparisons = platforms.flatMap(({ change }) => change?.comparison ?? []);
  if (comparisons.length === 0) return null;
  const alone = platforms.filter(({ change }) => change === null);
  const platformsOf = (runs: readonly PlatformResult[]) => runs.map(({ entry }) => entry.platform);
  return gatherComparisons(
    comparisons,
    {
      newPlatforms: platformsOf(alone.filter(({ baselineLacks }) => baselineLacks)),
      gonePlatforms: gone,
      failedPlatforms: [
        ...failures.map(({ platform }) => platform),
        ...platformsOf(alone.filter(({ baselineLacks }) => !baselineLacks)),
        ...absentPlatforms(absent),
      ],
    },
    { isIncomplete: absent.length > 0 },
  );
}

/** The surface manifests of a run, each with what tells its file from the others'; null where there is one. */
export function surfaceManifestsOf(
  result: SnapshotImageResult,
): readonly { readonly manifest: SurfaceManifest; readonly mark: string | null }[] {
  const several = isSeveral(result);
  return result.platforms.map(({ surfaceManifest, entry }) => ({
    manifest: surfaceManifest,
    mark: several ? platformSegment(entry.platform) : null,
  }));
}
