import { canonicalBytes } from '../base/canonical-json.ts';
import { VarveError } from '../base/errors.ts';
import type { CompareOptions } from '../core/comparison/compare.ts';
import type { Comparison } from '../core/comparison/comparison.ts';
import { HISTORY_SCHEMA, type HistoryEntry } from '../core/history/history.ts';
import type { Platform } from '../core/image/platform.ts';
import type { Report } from '../core/report/report.ts';
import { COMPARISON_KIND } from '../core/surface/keys.ts';
import type { SurfaceManifest } from '../core/surface/manifest.ts';
import { type Origin, packArtefact } from '../core/surface/pack-artefact.ts';
import type { Pointer } from '../core/surface/pointer.ts';
import { artifactOf, buildSurfaceManifest } from '../core/surface/surface-manifest.ts';
import type { LayerTools } from './analyse-layers.ts';
import { compareWithBaseline } from './compare-with-baseline.ts';
import { describePointer, describeReport, type FinishedRun } from './describe-run.ts';
import { keepSnapshot } from './keep-snapshot.ts';
import { openBaseline } from './open-baseline.ts';
import { type ImageTools, imageDigestOf, type OpenedImage, openImage } from './open-image.ts';
import { type BaselineRequest, resolveBaseline } from './resolve-baseline.ts';
import { takeSnapshot } from './take-snapshot.ts';

export interface SnapshotImageRequest {
  /** The first that leads to an image is taken. */
  readonly references: readonly string[];
  readonly platform: Platform | undefined;
  /** Undefined: the name that the image itself states. */
  readonly name: string | undefined;
  readonly tenant: string;
  readonly baseline: BaselineRequest;
  /** Whether a baseline store keeps this snapshot too. */
  readonly save: boolean;
  readonly comparing: CompareOptions;
  readonly run: RunFacts;
}

/** What a run says of itself in what it stores. */
export interface RunFacts {
  readonly scanId: string;
  /** When it is, RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  /** Version of Varve. */
  readonly version: string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly pullRequest: number | null;
}

export interface SnapshotImageResult {
  readonly pointer: Pointer;
  readonly surfaceManifest: SurfaceManifest;
  /** Null on a first run. */
  readonly comparison: Comparison | null;
  readonly report: Report;
  /** Location of the baseline store that has the snapshot now, if any. */
  readonly keptIn: string | null;
}

/**
 * The main job: records an image, compares it with its baseline, and keeps fragments, comparison and history.
 * @throws VarveError when the image cannot be read or its store not be written. Trouble with a baseline store is noted.
 */
export async function snapshotImage(
  tools: ImageTools & LayerTools,
  request: SnapshotImageRequest,
): Promise<SnapshotImageResult> {
  await using opened = await openImage(tools, request.references, request.platform);
  const name = nameOf(request, opened);
  const origin = originOf(request, opened);
  const { platform, layers } = opened.image;
  const subject = { tenant: request.tenant, name, platform };
  const baseline = await openBaseline(request.baseline, tools.store, { subject, layers, origin });
  const taken = await takeSnapshot(tools, opened.image, origin);
  const resolved = await resolveBaseline(tools, baseline.settled, { name, platform, origin });
  const outcome = await compareWithBaseline(tools, opened.image, origin, taken, resolved, request.comparing);
  const { change } = outcome;

  const comparison = change && packArtefact(origin, COMPARISON_KIND, canonicalBytes(change.comparison));
  if (comparison !== null) await tools.store.surface.put([comparison]);
  const surfaceManifest = buildSurfaceManifest({
    tenant: request.tenant,
    imageDigest: imageDigestOf(opened.image),
    version: request.run.version,
    artifacts: outcome.taken.artifacts,
  });
  const manifestDigest = await tools.store.surface.putSurfaceManifest(surfaceManifest);
  const entry: HistoryEntry = {
    schema: HISTORY_SCHEMA,
    tenant: request.tenant,
    name,
    platform,
    time: request.run.time,
    snapshotDigest: taken.digest,
    surfaceManifestDigest: manifestDigest,
    reference: opened.source.reference,
    commit: request.run.commit,
    branch: request.run.branch,
    pullRequest: request.run.pullRequest,
    scanId: request.run.scanId,
  };
  const kept = await keepSnapshot(
    tools.store,
    request.save ? baseline : null,
    origin,
    outcome.taken,
    surfaceManifest,
    entry,
  );
  const run: FinishedRun = {
    entry,
    surfaceManifest,
    taken: outcome.taken,
    change,
    comparison: comparison && artifactOf(comparison),
    attachments: opened.source.attachments,
    scannerBuild: origin.source.scannerBuild,
    keptIn: kept.keptIn,
    notes: [...baseline.notes, ...outcome.notes, ...kept.notes],
  };
  return {
    pointer: describePointer(run),
    surfaceManifest,
    comparison: change?.comparison ?? null,
    report: describeReport(run),
    keptIn: kept.keptIn,
  };
}

function nameOf({ name }: SnapshotImageRequest, { source }: OpenedImage): string {
  const found = name ?? source.embeddedName;
  if (found !== null) return found;
  throw new VarveError('bad-option', `${source.reference} does not say what the image is called`, {
    object: source.reference,
    hint: 'give a name for its history with --name (input name), such as shop/web',
  });
}

function originOf({ tenant, run }: SnapshotImageRequest, { image }: OpenedImage): Origin {
  const source = {
    scannerBuild: `varve@${run.version}`,
    imageDigest: imageDigestOf(image),
    scanId: run.scanId,
  };
  return { tenant, source, time: run.time };
}
