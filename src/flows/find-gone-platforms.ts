import { toVarveError } from '../base/errors.ts';
import { type Platform, platformsWithout } from '../core/image/platform.ts';
import type { Store } from '../core/store.ts';
import type { FinishedRun } from './describe-run.ts';
import type { ImageTools } from './open-image.ts';
import type { SettledBaseline } from './resolve-baseline.ts';

export interface GonePlatforms {
  readonly gone: readonly Platform[];
  /** What kept them from being found. */
  readonly notes: readonly string[];
}

/**
 * Finds the platforms that the baseline has and the image no more: those of an image that was named, or those that the
 * run took which the newest of the baselines is of.
 * @param present all that the image is for.
 */
export async function findGonePlatforms(
  { opener }: ImageTools,
  baseline: SettledBaseline,
  runs: readonly FinishedRun[],
  present: readonly Platform[],
): Promise<GonePlatforms> {
  if (baseline.kind === 'none' || baseline.kind === 'unavailable') return { gone: [], notes: [] };
  try {
    if (baseline.kind === 'store') {
      return { gone: platformsWithout(await platformsBefore(baseline.store, runs), present), notes: [] };
    }
    await using source = await opener.open(baseline.reference);
    const before = [...source.platforms, ...source.absentPlatforms];
    return { gone: platformsWithout(before, present), notes: [] };
  } catch (fault) {
    const { kind, message } = toVarveError(fault);
    if (kind === 'internal') throw fault;
    return { gone: [], notes: [`which platforms are gone is not known: ${message}`] };
  }
}

async function platformsBefore(
  { history }: Store,
  runs: readonly FinishedRun[],
): Promise<readonly Platform[]> {
  const baselines = runs.flatMap(({ entry, change }) => {
    const { time = null, commit = null } = change?.baseline.facts ?? {};
    return time === null ? [] : [{ tenant: entry.tenant, name: entry.name, time, commit }];
  });
  const [newest] = baselines.sort((one, other) => (one.time < other.time ? 1 : -1));
  if (newest === undefined) return [];
  const { tenant, name, time, commit } = newest;
  const platforms: Platform[] = [];
  // Platforms of one run share its time.
  for await (const entry of history.list({ tenant, name, ...(commit !== null && { commits: [commit] }) })) {
    if (entry.time < time) break;
    if (entry.time === time && entry.commit === commit) platforms.push(entry.platform);
  }
  return platforms;
}
