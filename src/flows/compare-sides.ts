import { isDigest } from '../base/digest.ts';
import { advise } from '../core/comparison/advise.ts';
import { type CompareOptions, compareSnapshots } from '../core/comparison/compare.ts';
import type { Comparison } from '../core/comparison/comparison.ts';
import { tellStory } from '../core/comparison/story.ts';
import { platformNotes } from '../core/report/platform-notes.ts';
import type { ReportedImage } from '../core/report/report.ts';
import type { Side } from './open-side.ts';

export interface ComparedSides {
  readonly comparison: Comparison;
  readonly reported: ReportedImage;
}

/** Compares two sides, and says it as a report wants it. */
export async function compareSides(
  base: Side,
  target: Side,
  comparing: CompareOptions,
): Promise<ComparedSides> {
  const { view, name, reference, platform } = target;
  const comparison = await compareSnapshots(base.view, view, comparing);
  const reported: ReportedImage = {
    name,
    reference,
    snapshot: view.snapshot,
    snapshotDigest: view.snapshotDigest,
    listedAs: platform,
    change: {
      baseline: describeBase(base, target),
      comparison,
      story: tellStory(comparison),
      advice: advise(comparison).map(({ text }) => text),
    },
    keptIn: null,
    pullRequest: null,
    reading: null,
    findings: [],
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
