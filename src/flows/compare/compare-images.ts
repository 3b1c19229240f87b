import { toVarveError, VarveError } from '../../base/errors.ts';
import { runWithPauses } from '../../base/pausable.ts';
import type { CompareOptions } from '../../core/comparison/compare.ts';
import type { Comparison } from '../../core/comparison/comparison.ts';
import { type Comparisons, gatherComparisons } from '../../core/comparison/comparisons.ts';
import { type AbsentImage, absentPlatforms, nameAbsent } from '../../core/image/image-source.ts';
import { makeReportPausable } from '../../core/report/make-report.ts';
import type { Report, ReportedImage } from '../../core/report/report.ts';
import type { Store } from '../../core/store/store.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import {
  formatPlatform,
  type Platform,
  type PlatformWish,
  platformsWithout,
  samePlatform,
} from '../../core/words/platform.ts';
import { type BaseLookUp, BaseSearch } from '../base-image/base-search.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import type { ImageTools } from '../image/open-image.ts';
import { compareSides, describeNew } from './compare-sides.ts';
import { openSide, type Side } from './open-side.ts';

export interface CompareImagesRequest {
  /** Where history and snapshots are looked up; images that are read are kept in the tools' own store. */
  readonly kept: Store;
  /** Each an image reference, the digest of a stored snapshot, or `history:NAME~N`. */
  readonly base: string;
  readonly target: string;
  readonly comparing: CompareOptions;
  /** How items are marked that reading the images adds to the store. */
  readonly origin: Origin;
  /** How base images are found; left out where none is looked for. */
  readonly bases?: BaseLookUp;
}

/**
 * Compares two images or stored snapshots of one platform. Images that are read are kept in the store, but enter no
 * history.
 * @throws VarveError `not-in-store` for what the store does not have; as reading images does.
 */
export async function compareImages(
  tools: ImageTools & LayerTools,
  request: CompareImagesRequest,
  platform: Platform | undefined,
): Promise<{ readonly comparison: Comparison; readonly report: Report }> {
  const { kept, base, target, comparing, origin } = request;
  const [before] = await openSide(tools, kept, base, platform, origin);
  // The base's platform holds for the target too, so that like is compared with like.
  const [after] = await openSide(tools, kept, target, platform ?? before.platform, origin).catch(
    (fault: unknown) => {
      const error = toVarveError(fault);
      const isOther = platform === undefined && error.code === 'platform-not-found';
      throw isOther ? notFor(before.platform, base, error) : fault;
    },
  );
  tools.signal?.throwIfAborted();
  const { comparison, reported } = await compareSides(before, after, comparing, searchOf(tools, request));
  return { comparison, report: await runWithPauses(makeReportPausable([reported]), tools.signal) };
}

/** Says why the target must be of this platform, where it is not. */
function notFor(platform: Platform, base: string, fault: VarveError): VarveError {
  const wanted = formatPlatform(platform);
  return new VarveError(fault.code, `${fault.message}; ${base} is for ${wanted}`, {
    hint: 'choose with --platform one that both are for, or compare snapshots of each by their digests',
    cause: fault,
  });
}

/**
 * The same for one platform, or for all that both sides have.
 * @throws VarveError `platform-not-found` when they have none in common; as above.
 */
export function compareWanted(
  tools: ImageTools & LayerTools,
  request: CompareImagesRequest,
  wanted: PlatformWish,
): Promise<{ readonly comparison: Comparison | Comparisons; readonly report: Report }> {
  return wanted === 'all' ? comparePlatforms(tools, request) : compareImages(tools, request, wanted);
}

/** Where there is but one platform on either side, the result is as `compareImages` gives it. */
async function comparePlatforms(
  tools: ImageTools & LayerTools,
  request: CompareImagesRequest,
): Promise<{ readonly comparison: Comparison | Comparisons; readonly report: Report }> {
  const { kept, comparing, origin } = request;
  const bases = await openSide(tools, kept, request.base, 'all', origin);
  const targets = await openSide(tools, kept, request.target, 'all', origin);
  const [before, after] = [platformsOf(bases), platformsOf(targets)];
  const newPlatforms = platformsWithout(platformsWithout(after, before), absentPlatforms(bases[0].absent));
  const gonePlatforms = platformsWithout(platformsWithout(before, after), absentPlatforms(targets[0].absent));
  const search = searchOf(tools, request);
  const comparisons: Comparison[] = [];
  const reported: ReportedImage[] = [];
  for (const target of targets) {
    tools.signal?.throwIfAborted();
    const { platform } = target;
    const base = bases.find((each) => samePlatform(each.platform, platform));
    if (base !== undefined) {
      const compared = await compareSides(base, target, comparing, search);
      comparisons.push(compared.comparison);
      reported.push(compared.reported);
    } else if (newPlatforms.includes(platform)) reported.push(describeNew(target));
  }
  const [comparison] = comparisons;
  const [first, ...others] = reported;
  if (comparison === undefined || first === undefined) throw nothingInCommon(request.base, bases, targets);
  if (bases.length === 1 && targets.length === 1)
    return { comparison, report: await runWithPauses(makeReportPausable([first]), tools.signal) };
  const absent = absentOnOneSide(bases[0].absent, targets[0].absent);
  const remarks = { gone: gonePlatforms, absent: absent.map(nameAbsent), failures: [], notes: [] };
  return {
    comparison: gatherComparisons(
      comparisons,
      { newPlatforms, gonePlatforms, failedPlatforms: absentPlatforms(absent) },
      { isIncomplete: absent.length > 0 },
    ),
    report: await runWithPauses(makeReportPausable([first, ...others], remarks), tools.signal),
  };
}

const searchOf = (tools: ImageTools, { kept, origin, bases }: CompareImagesRequest): BaseSearch | null =>
  bases === undefined ? null : new BaseSearch(tools, kept, origin.tenant, bases);

/** Those that both sides name by one digest for one platform are the same, wherever they are. */
function absentOnOneSide(base: readonly AbsentImage[], target: readonly AbsentImage[]): AbsentImage[] {
  const keyOf = (each: AbsentImage): string => `${each.digest} ${nameAbsent(each)}`;
  const without = (these: readonly AbsentImage[], others: readonly AbsentImage[]): AbsentImage[] => {
    const known = new Set(others.map(keyOf));
    return these.filter((each) => !known.has(keyOf(each)));
  };
  const found = [...without(target, base), ...without(base, target)];
  return [...new Map(found.toReversed().map((each) => [nameAbsent(each), each])).values()].reverse();
}

const platformsOf = (sides: readonly Side[]): readonly Platform[] => sides.map(({ platform }) => platform);

function nothingInCommon(object: string, bases: readonly Side[], targets: readonly Side[]): VarveError {
  const named = (sides: readonly Side[]) => platformsOf(sides).map(formatPlatform).join(', ');
  return new VarveError(
    'platform-not-found',
    `no platform is on both sides: ${named(bases)} are compared with ${named(targets)}`,
    { object, hint: 'choose one of each by its digest' },
  );
}
