import { toVarveError, VarveError } from '../../base/errors.ts';
import { runWithPauses } from '../../base/pausable.ts';
import type { Analyzers } from '../../core/analysis/analyzers.ts';
import { type ImageName, nameImage } from '../../core/history/name-image.ts';
import type { BuiltImage } from '../../core/image/built-image.ts';
import { type AbsentImage, absentPlatforms, type OpenedSource } from '../../core/image/image-source.ts';
import type { Report } from '../../core/report/report.ts';
import { scannerBuildOf } from '../../core/run/run-facts.ts';
import type { Store } from '../../core/store/store.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import {
  formatPlatform,
  type Platform,
  type PlatformWish,
  platformsWithout,
} from '../../core/words/platform.ts';
import { BaseSearch } from '../base-image/base-search.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { type BaselineRequest, openBaseline } from '../baseline/open-baseline.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import { fewAtOnce } from '../image/few-at-once.ts';
import {
  type ImageTools,
  imageDigestOf,
  type OpenedImages,
  openImages,
  type PlatformImage,
} from '../image/open-image.ts';
import { nameFailure, type PlatformFailure } from '../image/platform-failure.ts';
import { takeSnapshots } from '../image/take-snapshot.ts';
import { describePointer, describeReport, type FinishedRun, type RecordedRun } from './describe-run.ts';
import { finishRun, type RunRequest } from './finish-run.ts';
import { refuseSharedName } from './refuse-shared-name.ts';

export interface SnapshotImageRequest extends RunRequest {
  /** The first that leads to an image is taken. */
  readonly references: readonly string[];
  /** The image that it must be, where a build told it. */
  readonly built: BuiltImage | null;
  readonly platform: PlatformWish;
  readonly baseline: BaselineRequest;
  /** Undefined: the name that the image itself states. */
  readonly name: string | undefined;
  /** Is asked once the image is found, before anything is read or stored; what it throws ends the run. */
  readonly accept?: (source: OpenedSource) => void;
  /** What a reader of the report must know of the run as a whole. */
  readonly notes?: readonly string[];
}

export interface SnapshotImageResult {
  readonly reference: string;
  readonly name: string;
  /** One a platform, in the order of the index. */
  readonly platforms: readonly [PlatformResult, ...PlatformResult[]];
  /** Platforms that failed; what the others gave is kept. */
  readonly failures: readonly PlatformFailure[];
  /** Platforms that the baseline has and the image no longer has. */
  readonly gone: readonly Platform[];
  /** Images that the index names and that are not there. */
  readonly absent: readonly AbsentImage[];
  readonly report: Report;
}

/** What a run gave for one platform. */
export type PlatformResult = RecordedRun;

/**
 * The main job: records an image, of one platform or of all, compares each with its baseline, and keeps fragments,
 * comparisons and history.
 * @throws VarveError when no platform can be read or its store not be written. Trouble with a baseline store is noted.
 */
export async function snapshotImage(
  tools: ImageTools & LayerTools,
  request: SnapshotImageRequest,
): Promise<SnapshotImageResult> {
  const baselines = new Baselines(tools, request);
  await using opened = await openImages(tools, request.references, request.platform, {
    built: request.built,
    beforeImage: (source, platform) => baselines.shareDocuments(nameOf(request, source), platform),
  });
  request.accept?.(opened.source);
  refuseGiven(request, opened);
  const { reference, absent } = opened.source;
  const named = nameOf(request, opened.source);
  const { name } = named;
  if (request.baseline.kind !== 'none') {
    const { tenant, run } = request;
    await refuseSharedName(tools.store, { tenant, name }, opened.images, run);
  }
  const images = await baselines.shareLayers(opened.images, named);
  const { runs, failures } = await runEach(tools, request, opened, images, named);
  const [first, ...others] = runs.map((run): PlatformResult => ({ ...run, pointer: describePointer(run) }));
  if (first === undefined) throw nothingDone(reference, failures);
  const platforms = [first, ...others] as const;
  const all = request.platform === 'all';
  const gone = all ? gonePlatforms(runs, [...platformsOf(opened), ...absentPlatforms(absent)]) : [];
  const result = { reference, name, platforms, failures, gone, absent: all ? absent : [] };
  return { ...result, report: await runWithPauses(describeReport(result, request.notes), tools.signal) };
}

/** @throws VarveError `bad-option` where files that another tool gave could be of several images. */
function refuseGiven({ given }: SnapshotImageRequest, { images, failures }: OpenedImages): void {
  if ((given?.files.length ?? 0) === 0 || images.length + failures.length === 1) return;
  throw new VarveError(
    'bad-option',
    'files of other tools are of one image, and this run is of several platforms',
    {
      object: 'platform',
      hint: 'name the platform that the files are of',
    },
  );
}

/** Those that the newest of the baselines was for, and that are no longer present. */
function gonePlatforms(runs: readonly FinishedRun[], present: readonly Platform[]): readonly Platform[] {
  const baselines = runs.flatMap(({ change, baselinePlatforms }) =>
    change === null ? [] : [{ time: change.baseline.facts.time ?? '', baselinePlatforms }],
  );
  const [newest] = baselines.sort((one, other) => (one.time < other.time ? 1 : -1));
  return platformsWithout(newest?.baselinePlatforms ?? [], present);
}

/** The baselines of a run, one a platform, each opened once. */
class Baselines {
  readonly #store: Store;
  readonly #analyzers: Analyzers;
  readonly #request: SnapshotImageRequest;
  readonly #opened = new Map<string, Promise<Baseline>>();

  constructor({ store, analyzers }: LayerTools, request: SnapshotImageRequest) {
    this.#store = store;
    this.#analyzers = analyzers;
    this.#request = request;
  }

  open({ name, former }: ImageName, platform: Platform): Promise<Baseline> {
    const { baseline, tenant } = this.#request;
    const key = formatPlatform(platform);
    const opened = this.#opened.get(key) ?? openBaseline(baseline, { tenant, name, platform }, former);
    this.#opened.set(key, opened);
    return opened;
  }

  /** Lets the store have the documents of a platform's baseline, before the image is opened. */
  async shareDocuments(name: ImageName, platform: Platform): Promise<void> {
    const baseline = await this.open(name, platform);
    await baseline.shareDocuments(this.#store, this.#request.run);
  }

  /** Lets the store know what the baseline of each platform knows of its layers, before any is read. */
  shareLayers(images: readonly PlatformImage[], name: ImageName): Promise<MarkedImage[]> {
    return fewAtOnce(images, async (each): Promise<MarkedImage> => {
      const origin = originOf(this.#request, each);
      const baseline = await this.open(name, each.platform);
      const { config, layers } = each.image;
      const image = { config: config.digest, layers, origin, analyzers: this.#analyzers };
      return { ...each, origin, baseline, baselineNotes: await baseline.shareLayers(this.#store, image) };
    });
  }
}

/** A platform's image, with how its items are marked and what it is compared with. */
interface MarkedImage extends PlatformImage {
  readonly origin: Origin;
  readonly baseline: Baseline;
  readonly baselineNotes: readonly string[];
}

/** Snapshots the platforms, all read together. A fault of one that is alone is thrown. */
async function runEach(
  tools: ImageTools & LayerTools,
  request: SnapshotImageRequest,
  opened: OpenedImages,
  images: readonly MarkedImage[],
  { name, aside }: ImageName,
): Promise<{ readonly runs: readonly FinishedRun[]; readonly failures: readonly PlatformFailure[] }> {
  const { source } = opened;
  const alone = images.length + opened.failures.length === 1;
  const allPlatforms = alone ? null : takenPlatforms(opened);
  const bases = request.bases ? new BaseSearch(tools, tools.store, request.tenant, request.bases) : null;
  const runs: FinishedRun[] = [];
  const failures = [...opened.failures];
  for (const { taken, ...each } of await takeSnapshots(tools, images, request.tenant)) {
    const { platform } = each;
    try {
      if (taken instanceof VarveError) throw taken;
      runs.push(
        await finishRun(tools, request, {
          ...each,
          name,
          aside,
          source,
          taken,
          bases,
          allPlatforms,
          provenances: request.built?.provenances ?? [],
        }),
      );
    } catch (fault) {
      const error = toVarveError(fault);
      if (alone || error.isFatal) throw fault;
      failures.push({ platform, error });
    }
  }
  return { runs, failures };
}

/** All platforms of a run, as they are listed. */
const takenPlatforms = ({ images, failures }: OpenedImages): readonly Platform[] =>
  [...images, ...failures].map(({ platform }) => platform);

/** All that the image is for, as the index and as its configs call it. */
function platformsOf({ source, images }: OpenedImages): readonly Platform[] {
  return [...source.platforms, ...images.map(({ platform }) => platform)];
}

function nothingDone(reference: string, [failure]: readonly PlatformFailure[]): VarveError {
  if (failure !== undefined) return nameFailure(failure);
  return new VarveError('platform-not-found', `${reference} has no platform`, { object: reference });
}

const nameOf = ({ name, baseline }: SnapshotImageRequest, source: OpenedSource): ImageName =>
  nameImage(name, source, baseline.kind !== 'none');

function originOf({ tenant, run }: SnapshotImageRequest, { image }: PlatformImage): Origin {
  const source = {
    scannerBuild: scannerBuildOf(run.version),
    imageDigest: imageDigestOf(image),
    scanId: run.scanId,
  };
  return { tenant, source, time: run.time };
}
