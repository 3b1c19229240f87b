import { canonicalBytes, canonicalBytesPausable } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { runWithPauses } from '../../base/pausable.ts';
import type { CompareOptions } from '../../core/comparison/compare.ts';
import { HISTORY_SCHEMA, type HistoryEntry } from '../../core/history/history.ts';
import type { BaseImage } from '../../core/image/base-image.ts';
import type { BuiltImage } from '../../core/image/built-image.ts';
import type { DockerName } from '../../core/image/docker-name.ts';
import type { OpenedSource, SourceImage } from '../../core/image/image-source.ts';
import type { PassedOverImage } from '../../core/image/listing.ts';
import type { RunFacts } from '../../core/run/run-facts.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { noteDamages } from '../../core/surface/damage.ts';
import { type GivenFile, listGiven, type Producer, packGivenFile } from '../../core/surface/given-file.ts';
import { COMPARISON_KIND } from '../../core/surface/keys.ts';
import { type Origin, packItem } from '../../core/surface/pack-item.ts';
import { buildSurfaceManifest, listItem } from '../../core/surface/surface-manifest.ts';
import type { Platform } from '../../core/words/platform.ts';
import type { BaseLookUp, BaseSearch } from '../base-image/base-search.ts';
import { type FoundBases, findBases } from '../base-image/find-bases.ts';
import { hintsOfImage } from '../base-image/read-hints.ts';
import type { Baseline, Keeping, KeptRun } from '../baseline/baseline.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import { type ImageTools, imageDigestOf } from '../image/open-image.ts';
import { readAttestations } from '../image/read-attestations.ts';
import type { TakenSnapshot } from '../image/take-snapshot.ts';
import { type Change, compareWithBaseline } from './compare-with-baseline.ts';
import type { FinishedRun } from './describe-run.ts';

/** What a run is asked to do with each of its platforms. */
export interface RunRequest {
  readonly tenant: string;
  /** Whether the snapshot is one that later runs may be compared with. */
  readonly save: boolean;
  readonly comparing: CompareOptions;
  readonly run: RunFacts;
  /** How base images are found; left out where none is looked for. */
  readonly bases?: BaseLookUp;
  /** How many of the branch's last snapshots are wanted; left out for none. */
  readonly recall?: number;
  /** What other tools found out about the image, of one platform, and the tool that the surface manifest names. */
  readonly given?: { readonly files: readonly GivenFile[]; readonly producer: Producer | null };
}

/** A platform's image whose snapshot was taken. */
export interface RunSubject {
  readonly name: string;
  /** What a user should know of how the name was found. */
  readonly aside: string | null;
  readonly source: OpenedSource;
  /** The platform that it is listed under. */
  readonly platform: Platform;
  readonly image: SourceImage;
  readonly origin: Origin;
  readonly baseline: Baseline;
  /** What was wrong with what the baseline knows of the image's layers. */
  readonly baselineNotes: readonly string[];
  readonly taken: TakenSnapshot;
  /** Looks for the base images of the run; null where none are looked for. */
  readonly bases: BaseSearch | null;
  /** Predicates of provenance that the build itself told. */
  readonly provenances: BuiltImage['provenances'];
  /** All that the image is for, where several platforms are dealt with; null where one is. */
  readonly allPlatforms: readonly Platform[] | null;
}

/**
 * Compares a snapshot that was taken with its baseline, and keeps comparison, surface manifest and history.
 * @throws VarveError when the store cannot be written, or an image that was named as baseline not be read.
 */
export async function finishRun(
  tools: ImageTools & LayerTools,
  request: RunRequest,
  subject: RunSubject,
): Promise<FinishedRun> {
  const { image, origin, source, baseline, baselineNotes, platform, allPlatforms, aside } = subject;
  tools.signal?.throwIfAborted();
  const search = await baseline.find(tools, { platform, origin, alone: allPlatforms === null });
  const outcome = await compareWithBaseline(tools, image, origin, subject.taken, search, request.comparing);
  const { change, taken } = outcome;
  const unchanged = isAllUnchanged(change);
  const attestations = await readAttestations(source, image, !unchanged, subject.provenances);
  const hints = hintsOfImage(image, attestations.provenances);
  const bases = await (unchanged
    ? basesOfUnchanged(subject, change)
    : findBasesOf(subject, taken, change, hints));

  tools.signal?.throwIfAborted();
  const comparison =
    change &&
    packItem(
      origin,
      COMPARISON_KIND,
      await runWithPauses(canonicalBytesPausable(change.comparison), tools.signal),
    );
  const given = keepGiven(request, origin);
  await tools.store.surface.put([...(comparison === null ? [] : [comparison]), ...given.items]);
  const surfaceManifest = buildSurfaceManifest({
    tenant: request.tenant,
    imageDigest: imageDigestOf(image),
    source: request.given?.producer ?? { component: 'varve', version: request.run.version },
    artifacts: [...taken.items, ...given.ofImage],
  });
  const manifestDigest = await tools.store.surface.putSurfaceManifest(surfaceManifest);
  const recalled = request.recall ? ((await baseline.recall?.(request.recall)) ?? []) : [];
  const entry = toEntry(request, subject, taken.digest, manifestDigest, bases?.after ?? null);
  const kept = request.save
    ? await keep(tools.store, baseline, { entry, origin, taken, surfaceManifest })
    : { keptIn: null, notes: [] };
  return {
    entry,
    surfaceManifest,
    taken,
    change,
    comparison: comparison && listItem(comparison),
    runtimeEvents: given.others,
    attestations,
    bases,
    recalled,
    scannerBuild: origin.source.scannerBuild,
    keptIn: kept.keptIn,
    baselineLacks: search.none === 'absent' && baselineNotes.length === 0,
    baselinePlatforms: change === null ? [] : search.platforms,
    notes: [
      ...noteDamages(tools.store.location, subject.taken.damages),
      ...baselineNotes,
      ...outcome.notes,
      ...kept.notes,
    ],
    // A user who has a baseline has read it before.
    asides: [
      ...(change === null && aside !== null ? [aside] : []),
      ...(kept.asides ?? []),
      ...(subject.bases?.takeAsides() ?? []),
    ],
  };
}

/** The items of what other tools gave, and how they are listed. */
function keepGiven({ given }: RunRequest, origin: Origin) {
  const packed = (given?.files ?? []).map((file) => ({ file, item: packGivenFile(origin, file) }));
  const list = (ofImage: boolean) =>
    packed
      .filter(({ file }) => file.ofImage === ofImage)
      .map(({ item }) => listGiven(item, given?.producer ?? null));
  return { items: packed.map(({ item }) => item), ofImage: list(true), others: list(false) };
}

/** The run's own store may be what later ones are compared with, just as its baseline. */
async function keep(own: Store, baseline: Baseline, run: KeptRun): Promise<Keeping> {
  await own.history.append(run.entry);
  return baseline.keep(own, run);
}

/** The report says nothing about layers that the baseline has, so nothing more of the image has to be read. */
const isAllUnchanged = (change: Change | null): boolean =>
  change?.comparison.layers.every(({ status }) => status === 'unchanged') ?? false;

/** What is known already: an image that is the same costs nothing. */
function basesOfUnchanged({ bases }: RunSubject, change: Change | null): FoundBases | null {
  const base = bases && (change?.baseline.base ?? null);
  return base && { before: base, after: base };
}

async function findBasesOf(
  { bases, name, source, image }: RunSubject,
  { snapshot }: TakenSnapshot,
  change: Change | null,
  hints: readonly DockerName[],
): Promise<FoundBases | null> {
  if (bases === null) return null;
  const { reference } = source;
  const common = { name, reference, platform: image.platform };
  const former = change && {
    ...{ ...common, diffIds: diffIdsOf(change.baseline.snapshot.snapshot) },
    ...{ known: change.baseline.base, readHints: change.baseline.readHints },
  };
  const subject = { ...common, diffIds: diffIdsOf(snapshot), readHints: async () => hints };
  return findBases(bases, former, subject);
}

const diffIdsOf = ({ layers }: Snapshot): readonly Digest[] => layers.map(({ diffId }) => diffId);

/** No real image has more platforms or skipped images than this, and every entry would list them all. */
const MOST_TOLD = 100;

/** A list for comparing with others: two are the same where the images are. */
function toldOf(passedOver: readonly PassedOverImage[]): Digest[] {
  const told = passedOver.map(({ stands }) => stands);
  return told.length <= MOST_TOLD ? told : [digestOf(canonicalBytes(told))];
}

function toEntry(
  { tenant, run }: RunRequest,
  { name, source, platform, allPlatforms, taken: { passedOver, listedPlatform } }: RunSubject,
  snapshotDigest: Digest,
  surfaceManifestDigest: Digest,
  baseImage: BaseImage | null,
): HistoryEntry {
  const { time, commit, branch, pullRequest, scanId } = run;
  return {
    schema: HISTORY_SCHEMA,
    tenant,
    name,
    platform,
    ...(allPlatforms !== null && allPlatforms.length <= MOST_TOLD && { platforms: [...allPlatforms] }),
    ...(passedOver.length > 0 && { passedOver: toldOf(passedOver) }),
    ...(listedPlatform && { listedPlatform }),
    ...(baseImage && { baseImage }),
    time,
    snapshotDigest,
    surfaceManifestDigest,
    reference: source.reference,
    commit,
    branch,
    pullRequest,
    scanId,
  };
}
