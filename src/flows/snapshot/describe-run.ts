import type { Pausable } from '../../base/pausable.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import { type AbsentImage, nameAbsent } from '../../core/image/image-source.ts';
import { makeReportPausable } from '../../core/report/make-report.ts';
import type { LayerFinding, Report, ReportedImage } from '../../core/report/report.ts';
import { imageOfDocuments } from '../../core/report/report-of-documents.ts';
import { POINTER_SCHEMA, type Pointer } from '../../core/run/pointer.ts';
import type { ListedItem, SurfaceManifest } from '../../core/surface/manifest.ts';
import { surfaceManifestUri } from '../../core/surface/uris.ts';
import type { Platform } from '../../core/words/platform.ts';
import type { FoundBases } from '../base-image/find-bases.ts';
import type { RecalledSnapshot } from '../baseline/baseline.ts';
import type { PlatformFailure } from '../image/platform-failure.ts';
import type { Attestations } from '../image/read-attestations.ts';
import type { TakenSnapshot } from '../image/take-snapshot.ts';
import type { Change } from './compare-with-baseline.ts';

/** All that a run found out, from which pointer and report are made. */
export interface FinishedRun {
  readonly entry: HistoryEntry;
  readonly surfaceManifest: SurfaceManifest;
  readonly taken: TakenSnapshot;
  readonly change: Change | null;
  /** The stored comparison. */
  readonly comparison: ListedItem | null;
  /** What another tool saw of the image running, as it was stored. */
  readonly runtimeEvents: readonly ListedItem[];
  readonly attestations: Attestations;
  /** Null where nobody looked. */
  readonly bases: FoundBases | null;
  readonly scannerBuild: string;
  /** The last snapshots of the branch, newest first; empty where nobody wants them. */
  readonly recalled: readonly RecalledSnapshot[];
  /** The baseline store that has the snapshot now, if any. */
  readonly keptIn: string | null;
  /** There was nothing of this platform where the baseline is. */
  readonly baselineLacks: boolean;
  /** All platforms of the baseline's image, as far as they are known. */
  readonly baselinePlatforms: readonly Platform[];
  readonly notes: readonly string[];
  /** What is good to know, and no trouble. */
  readonly asides: readonly string[];
}

/** The pointer: where everything is, and the facts of the run. */
export function describePointer(run: FinishedRun): Pointer {
  const { entry, taken, comparison, attestations, bases } = run;
  const { tenant, scanId, commit, branch, pullRequest } = entry;
  const { reused, read, bytesRead } = taken.reading;
  return {
    schema: POINTER_SCHEMA,
    manifestUri: surfaceManifestUri(tenant, entry.surfaceManifestDigest),
    manifestDigest: entry.surfaceManifestDigest,
    manifest: { artifacts: run.surfaceManifest.artifacts },
    snapshotDigest: taken.digest,
    image: { reference: entry.reference, name: entry.name, platform: entry.platform },
    comparison: comparison && { uri: comparison.uri, digest: comparison.digest },
    ...(run.runtimeEvents.length > 0 && { runtimeEvents: [...run.runtimeEvents] }),
    baseline: run.change?.baseline.facts ?? null,
    ...(bases && { baseImage: { ...bases } }),
    layers: { total: taken.snapshot.layers.length, reused, read, bytesRead },
    findings: findingsOf(run),
    attachments: attestations.attachments.map((attachment) => ({
      ...attachment,
      predicateTypes: [...attachment.predicateTypes],
    })),
    locations: attestations.locations.flatMap((location, layer) =>
      location === null ? [] : [{ layer, ...location }],
    ),
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

/** The same with the pointer that was made of it. */
export interface RecordedRun extends FinishedRun {
  readonly pointer: Pointer;
}

/** What became of all the platforms of a run. */
export interface FinishedRuns {
  readonly platforms: readonly [RecordedRun, ...RecordedRun[]];
  readonly failures: readonly PlatformFailure[];
  readonly gone: readonly Platform[];
  readonly absent: readonly AbsentImage[];
}

/** The report: what the run has to say to people. */
export function describeReport(runs: FinishedRuns, notes: readonly string[] = []): Pausable<Report> {
  const [first, ...others] = runs.platforms;
  const compared = runs.platforms.some(({ change }) => change !== null);
  return makeReportPausable([describe(first, compared), ...others.map((run) => describe(run, compared))], {
    gone: runs.gone,
    absent: runs.absent.map(nameAbsent),
    failures: runs.failures.map(({ platform, error }) => ({ platform, problem: error.message })),
    notes,
  });
}

/** @param compared whether any platform was compared, so that one that was not is new. */
function describe(
  { pointer, taken, change, keptIn, baselineLacks, notes, asides }: RecordedRun,
  compared: boolean,
): ReportedImage {
  const documents = { record: pointer, snapshot: taken.snapshot, comparison: change?.comparison ?? null };
  return imageOfDocuments(documents, {
    keptIn,
    notes,
    asides,
    isNew: compared && baselineLacks,
    readFrom: taken.reading.from,
    countedFrom: change?.baseline.countedFrom,
    baseRead: change?.baseline.read,
  });
}

function findingsOf({ taken, attestations }: FinishedRun): LayerFinding[] {
  return [...taken.findings, ...attestations.findings.map((finding) => ({ layer: null, ...finding }))];
}
