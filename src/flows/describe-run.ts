import { advise } from '../core/comparison/advise.ts';
import { tellStory } from '../core/comparison/story.ts';
import type { HistoryEntry } from '../core/history/history.ts';
import type { Attachment } from '../core/image/image-source.ts';
import { makeReport } from '../core/report/make-report.ts';
import { platformNotes } from '../core/report/platform-notes.ts';
import type { Report, ReportedChange } from '../core/report/report.ts';
import type { SurfaceArtifact, SurfaceManifest } from '../core/surface/manifest.ts';
import { POINTER_SCHEMA, type Pointer } from '../core/surface/pointer.ts';
import { surfaceManifestUri } from '../core/surface/uris.ts';
import type { Change } from './compare-with-baseline.ts';
import type { TakenSnapshot } from './take-snapshot.ts';

/** All that a run found out, from which pointer and report are made. */
export interface FinishedRun {
  readonly entry: HistoryEntry;
  readonly surfaceManifest: SurfaceManifest;
  readonly taken: TakenSnapshot;
  readonly change: Change | null;
  /** The stored comparison. */
  readonly comparison: SurfaceArtifact | null;
  readonly attachments: readonly Attachment[];
  readonly scannerBuild: string;
  /** The baseline store that has the snapshot now, if any. */
  readonly keptIn: string | null;
  readonly notes: readonly string[];
}

/** The pointer: where everything is, and the facts of the run. */
export function describePointer(run: FinishedRun): Pointer {
  const { entry, taken, comparison } = run;
  const { tenant, scanId, commit, branch, pullRequest } = entry;
  return {
    schema: POINTER_SCHEMA,
    manifestUri: surfaceManifestUri(tenant, entry.surfaceManifestDigest),
    manifestDigest: entry.surfaceManifestDigest,
    manifest: { artifacts: run.surfaceManifest.artifacts },
    snapshotDigest: taken.digest,
    image: { reference: entry.reference, name: entry.name, platform: entry.platform },
    comparison: comparison && { uri: comparison.uri, digest: comparison.digest },
    baseline: run.change?.baseline.facts ?? null,
    layers: { total: taken.snapshot.layers.length, ...taken.reading },
    findings: [...taken.findings],
    attachments: [...run.attachments],
    run: {
      scanId,
      generatedAt: entry.time,
      scannerBuild: run.scannerBuild,
      tenant,
      commit,
      branch,
      pullRequest,
    },
  };
}

/** The report: what the run has to say to people. */
export function describeReport({ entry, taken, change, keptIn, attachments, notes }: FinishedRun): Report {
  const { name, reference, time } = entry;
  return makeReport([
    {
      name,
      reference,
      snapshot: taken.snapshot,
      snapshotDigest: taken.digest,
      change: change && describeChange(change, time),
      keptIn,
      reading: taken.reading,
      findings: taken.findings,
      attachments,
      notes: [...platformNotes(entry.platform), ...notes],
    },
  ]);
}

function describeChange(
  { baseline: { facts, countedFrom }, comparison }: Change,
  time: string,
): ReportedChange {
  const age = facts.time === null ? null : (Date.parse(time) - Date.parse(facts.time)) / 1000;
  return {
    baseline: { ...facts, countedFrom, age },
    comparison,
    story: tellStory(comparison),
    advice: advise(comparison).map(({ text }) => text),
  };
}
