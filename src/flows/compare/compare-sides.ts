import { isDigest } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import { type CompareOptions, compareSnapshots } from '../../core/comparison/compare.ts';
import type { Comparison } from '../../core/comparison/comparison.ts';
import { platformNotes } from '../../core/report/notes.ts';
import type { ReportedImage } from '../../core/report/report.ts';
import { noteReread } from '../../core/surface/damage.ts';
import type { Side } from './open-side.ts';

export interface ComparedSides {
  readonly comparison: Comparison;
  readonly reported: ReportedImage;
}

/**
 * Compares two sides, and says it as a report wants it. Damage in what the store has of an image is mended by reading
 * that again.
 * @throws VarveError for damage in a stored snapshot, which no image is at hand for.
 */
export async function compareSides(
  base: Side,
  target: Side,
  comparing: CompareOptions,
): Promise<ComparedSides> {
  try {
    return await compareOnce(base, target, comparing);
  } catch (fault) {
    const { kind, message } = toVarveError(fault);
    if (kind !== 'bytes' || (base.readAgain === null && target.readAgain === null)) throw fault;
    const before = (await base.readAgain?.()) ?? base;
    const after = (await target.readAgain?.()) ?? target;
    return compareOnce(before, { ...after, notes: [...after.notes, noteReread(message)] }, comparing);
  }
}

async function compareOnce(base: Side, target: Side, comparing: CompareOptions): Promise<ComparedSides> {
  const { view, name, reference, platform } = target;
  const comparison = await compareSnapshots(base.view, view, comparing);
  const reported: ReportedImage = {
    name,
    reference,
    snapshot: view.snapshot,
    snapshotDigest: view.snapshotDigest,
    listedAs: platform,
    change: { baseline: describeBase(base, target), comparison },
    keptIn: null,
    pullRequest: null,
    reading: target.read?.reading ?? null,
    findings: target.read?.findings ?? [],
    ...(base.read && { baseRead: base.read }),
    attachments: [],
    locations: [],
    notes: [...platformNotes(view.snapshot.platform), ...base.notes, ...target.notes],
  };
  return { comparison, reported };
}

function describeBase(base: Side, target: Side) {
  const { entry, reference, view } = base;
  const age =
    entry === null || target.entry === null
      ? null
      : (Date.parse(target.entry.time) - Date.parse(entry.time)) / 1000;
  return {
    found: isDigest(reference) ? ('snapshot' as const) : ('image' as const),
    place: reference,
    snapshotDigest: view.snapshotDigest,
    commit: entry?.commit ?? null,
    branch: entry?.branch ?? null,
    time: entry?.time ?? null,
    distance: null,
    countedFrom: 'built' as const,
    sameCommit: false,
    age,
  };
}
