import { attempt, VarveError } from '../../base/errors.ts';
import { type CompareOptions, compareSnapshots } from '../../core/comparison/compare.ts';
import type { Comparison } from '../../core/comparison/comparison.ts';
import type { SourceImage } from '../../core/image/image-source.ts';
import { noteReread } from '../../core/surface/damage.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import { type BaselineSearch, type FoundBaseline, unusable } from '../baseline/baseline.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import { viewSnapshot } from '../image/load-snapshot.ts';
import { codeReader } from '../image/read-code.ts';
import { retakeSnapshot, type TakenSnapshot } from '../image/take-snapshot.ts';

/** A comparison and what it was made with. */
export interface Change {
  readonly baseline: FoundBaseline;
  readonly comparison: Comparison;
}

export interface ComparedRun {
  /** The snapshot, taken again where what the store had of it was damaged. */
  readonly taken: TakenSnapshot;
  /** Null on a first run. */
  readonly change: Change | null;
  readonly notes: readonly string[];
}

/**
 * Compares a snapshot that was just taken with its baseline. If what was reused of the image, or of an image that is the
 * baseline, is damaged, the image is read again; if a stored baseline is damaged, or its store becomes unreachable, the
 * run is a first run.
 */
export async function compareWithBaseline(
  tools: LayerTools,
  image: SourceImage,
  origin: Origin,
  taken: TakenSnapshot,
  { baseline, notes }: BaselineSearch,
  options: CompareOptions,
): Promise<ComparedRun> {
  if (baseline === null) return { taken, change: null, notes };
  const compare = async (base: FoundBaseline, snapshot: TakenSnapshot): Promise<Change> => {
    const view = await viewSnapshot(tools.store, origin.tenant, snapshot);
    const target = { ...view, readCode: codeReader(tools, origin.tenant, image) };
    const comparison = await compareSnapshots(base.snapshot, target, options);
    const isDoubtful = base.facts.unverified && !comparison.changed;
    return { baseline: base, comparison: isDoubtful ? { ...comparison, changed: null } : comparison };
  };
  const giveUp = ({ message }: VarveError) => unusable(baseline.facts.place, message);
  // What a store that is not the run's own does is not a fault of the run.
  const survived = baseline.own ? (['bytes'] as const) : (['bytes', 'outside'] as const);
  const first = await attempt(survived, () => compare(baseline, taken));
  if (!(first instanceof VarveError)) return { taken, change: first, notes };
  if (first.kind === 'outside') return { taken, change: null, notes: [...notes, giveUp(first)] };

  const base = (await baseline.readAgain?.()) ?? baseline;
  const again = await retakeSnapshot(tools, image, origin);
  const repaired = noteReread(first.message);
  const second = await attempt(survived, () => compare(base, again));
  if (!(second instanceof VarveError)) return { taken: again, change: second, notes: [...notes, repaired] };
  // If reading again did not help, only the baseline is wrong.
  const met = second.message === first.message ? [] : [repaired];
  return { taken: again, change: null, notes: [...notes, ...met, giveUp(second)] };
}
