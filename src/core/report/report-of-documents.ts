import { VarveError } from '../../base/errors.ts';
import type { Comparison } from '../comparison/comparison.ts';
import type { HistoryEntry } from '../history/history.ts';
import { POINTER_SCHEMA, type Pointer, type PointerBaseline } from '../run/pointer.ts';
import type { Pointers } from '../run/pointers.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { formatPlatform } from '../words/platform.ts';
import type { LayerLocations } from './layer-lines.ts';
import { makeReport } from './make-report.ts';
import { platformNotes } from './notes.ts';
import type { BaselineFacts, ReadImage, Reading, Report, ReportedImage } from './report.ts';

/** The documents of one platform's snapshot, as a store and a run keep them. */
export interface SnapshotDocuments {
  /** What the run said of itself; where its pointer is gone, the history has an entry. */
  readonly record: Pointer | HistoryEntry;
  readonly snapshot: Snapshot;
  /** The comparison that the pointer names, or another one of this snapshot. */
  readonly comparison: Comparison | null;
}

/** What a run knows that no document of it tells. */
export interface LiveFacts {
  /** The store that keeps the snapshot for the next run. */
  readonly keptIn?: string | null;
  /** Other platforms were compared, and the baseline has nothing of this one. */
  readonly isNew?: boolean;
  /** Where layers were read from, of an engine. */
  readonly readFrom?: readonly string[];
  /** What the distance of the baseline is counted from; else the base for a pull request. */
  readonly countedFrom?: BaselineFacts['countedFrom'] | undefined;
  /** What reading the image of the baseline gave. */
  readonly baseRead?: ReadImage | undefined;
  /** What a reader must know of the run. */
  readonly notes?: readonly string[];
  /** What is good to know of it, and no trouble. */
  readonly asides?: readonly string[];
}

/**
 * Makes the report of a run from what was stored of it, whichever version wrote that.
 * @param run the document of a run for several platforms.
 * @param live what else is known, of each of them.
 * @throws VarveError `malformed` where a comparison is not of its snapshot.
 */
export function reportOfDocuments(
  documents: readonly [SnapshotDocuments, ...SnapshotDocuments[]],
  run: Pick<Pointers, 'absentPlatforms' | 'gonePlatforms' | 'failures'> | null = null,
  live: LiveFacts = {},
): Report {
  const [first, ...others] = documents;
  const images = [
    imageOfDocuments(first, live),
    ...others.map((each) => imageOfDocuments(each, live)),
  ] as const;
  return makeReport(images, {
    gone: run?.gonePlatforms ?? [],
    absent: (run?.absentPlatforms ?? []).map(formatPlatform),
    failures: (run?.failures ?? []).map(({ platform, message }) => ({ platform, problem: message })),
    notes: [],
  });
}

/**
 * One platform's part of a report.
 * @throws VarveError `malformed` where the comparison is not of the snapshot.
 */
export function imageOfDocuments(documents: SnapshotDocuments, live: LiveFacts = {}): ReportedImage {
  const { record, snapshot, comparison } = documents;
  const pointer = record.schema === POINTER_SCHEMA ? record : null;
  const { reference, name, platform } = record.schema === POINTER_SCHEMA ? record.image : record;
  requireFit(documents);
  return {
    name,
    reference,
    snapshot,
    snapshotDigest: record.snapshotDigest,
    listedAs: platform,
    isNew: live.isNew ?? false,
    change: comparison && { baseline: baselineOf(record, comparison, live), comparison },
    keptIn: live.keptIn ?? null,
    pullRequest: runOf(record).pullRequest,
    reading: pointer && readingOf(pointer, live),
    findings: pointer?.findings ?? [],
    ...(live.baseRead && { baseRead: live.baseRead }),
    ...(pointer?.baseImage && { baseImage: pointer.baseImage }),
    attachments: pointer?.attachments ?? [],
    locations: pointer === null ? [] : locationsOf(pointer, snapshot),
    notes: [...platformNotes(platform), ...(live.notes ?? [])],
    asides: live.asides ?? [],
  };
}

function requireFit({ record, comparison }: SnapshotDocuments): void {
  const compared = comparison?.target.snapshotDigest ?? record.snapshotDigest;
  if (compared === record.snapshotDigest) return;
  throw new VarveError('malformed', `the comparison is of snapshot ${compared}`, {
    object: record.snapshotDigest,
    hint: 'give the comparison that the pointer names',
  });
}

interface RecordedRun {
  readonly time: string;
  readonly commit: string | null;
  readonly pullRequest: number | null;
}

function runOf(record: SnapshotDocuments['record']): RecordedRun {
  if (record.schema !== POINTER_SCHEMA) return record;
  const { generatedAt, commit, pullRequest } = record.run;
  return { time: generatedAt, commit, pullRequest };
}

function baselineOf(
  record: SnapshotDocuments['record'],
  { base }: Comparison,
  { countedFrom }: LiveFacts,
): BaselineFacts {
  const { time, commit, pullRequest } = runOf(record);
  const stated = record.schema === POINTER_SCHEMA ? record.baseline : null;
  const facts = stated?.snapshotDigest === base.snapshotDigest ? stated : unstated(base.snapshotDigest);
  return {
    ...facts,
    countedFrom: countedFrom ?? (pullRequest === null ? 'built' : 'base'),
    sameCommit: commit !== null && commit === facts.commit,
    age: facts.time === null ? null : (Date.parse(time) - Date.parse(facts.time)) / 1000,
  };
}

/** A baseline that nothing but the snapshot is known about. */
const unstated = (snapshotDigest: PointerBaseline['snapshotDigest']): PointerBaseline => ({
  ...{ found: 'snapshot', place: snapshotDigest, snapshotDigest },
  ...{ commit: null, branch: null, time: null, distance: null },
});

const readingOf = (
  { layers: { reused, read, bytesRead } }: Pointer,
  { readFrom = [] }: LiveFacts,
): Reading => ({
  ...{ reused, read, bytesRead },
  from: readFrom,
});

function locationsOf({ locations }: Pointer, { layers }: Snapshot): LayerLocations {
  const byLayer = new Map(locations.map(({ layer, ...location }) => [layer, location]));
  return layers.map(({ index }) => byLayer.get(index) ?? null);
}
