import { isDigest } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import { type CompareOptions, compareSnapshots } from '../../core/comparison/compare.ts';
import type { Comparison } from '../../core/comparison/comparison.ts';
import { platformNotes } from '../../core/report/notes.ts';
import type { ReportedImage } from '../../core/report/report.ts';
import { noteReread } from '../../core/surface/damage.ts';
import type { BaseSearch } from '../base-image/base-search.ts';
import { findBases, knownBase } from '../base-image/find-bases.ts';
import type { Side } from './open-side.ts';

export interface ComparedSides {
  readonly comparison: Comparison;
  readonly reported: ReportedImage;
}

/**
 * Compares two sides, in the form that a report needs. If what the store has of an image is damaged, the image is read
 * again.
 * @throws VarveError for damage in a stored snapshot, whose image is not available.
 */
export async function compareSides(
  base: Side,
  target: Side,
  comparing: CompareOptions,
  bases: BaseSearch | null,
): Promise<ComparedSides> {
  try {
    return await compareOnce(base, target, comparing, bases);
  } catch (fault) {
    const { kind, message } = toVarveError(fault);
    if (kind !== 'bytes' || (base.readAgain === null && target.readAgain === null)) throw fault;
    const before = (await base.readAgain?.()) ?? base;
    const after = (await target.readAgain?.()) ?? target;
    const reread = { ...after, notes: [...after.notes, noteReread(message)] };
    return compareOnce(before, reread, comparing, bases);
  }
}

async function compareOnce(
  base: Side,
  target: Side,
  comparing: CompareOptions,
  bases: BaseSearch | null,
): Promise<ComparedSides> {
  const comparison = await compareSnapshots(base.view, target.view, comparing);
  const isSame = comparison.layers.every(({ status }) => status === 'unchanged');
  const baseImage = bases && !isSame ? await findBases(bases, subjectOf(base), subjectOf(target)) : null;
  const alone = describeSide(target);
  const reported: ReportedImage = {
    ...alone,
    change: { baseline: describeBase(base, target), comparison },
    ...(base.read && { baseRead: base.read }),
    ...(baseImage && { baseImage }),
    asides: bases?.takeAsides() ?? [],
    notes: [...base.notes, ...alone.notes],
  };
  return { comparison, reported };
}

const subjectOf = ({ view, name, reference, platform, entry, readHints }: Side) => ({
  ...{ name, reference, platform, readHints },
  diffIds: view.snapshot.layers.map(({ diffId }) => diffId),
  known: knownBase(entry, view.snapshot),
});

/** A platform that the base has nothing of, as a report wants it. */
export const describeNew = (target: Side): ReportedImage => ({ ...describeSide(target), isNew: true });

function describeSide({ view, name, reference, platform, read, notes }: Side): ReportedImage {
  return {
    ...{ name, reference, listedAs: platform },
    snapshot: view.snapshot,
    snapshotDigest: view.snapshotDigest,
    change: null,
    keptIn: null,
    pullRequest: null,
    reading: read?.reading ?? null,
    findings: read?.findings ?? [],
    attachments: [],
    locations: [],
    notes: [...platformNotes(view.snapshot.platform), ...notes],
  };
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
