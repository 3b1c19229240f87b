import { formatCount, formatSize } from '../../base/human-size.ts';
import { CAUSES, type ToldCause } from './causes.ts';
import { countPaths } from './count-paths.ts';
import { countOutcomes, headlinePhrase, isSingle, overallKind } from './headline.ts';
import type { LayerLine } from './layer-lines.ts';
import { sizeIn, tellBytes } from './measure.ts';
import { countLayers, onlyDifference, tellIgnored, tellPaths, tellSizeChange } from './outcome.ts';
import { type Phrase, phrase } from './phrase.ts';
import type { ChangeReport, ImageReport, Report } from './report.ts';
import { uncomparedWords } from './uncompared.ts';
import { baseBump, isUpstream } from './upstream.ts';

/**
 * What a page begins with: ✅ nothing needs attention, ⚠️ something does, ❓ something could not be compared,
 * ❌ a platform failed, 🆕 there is nothing to compare with yet.
 */
export type Sign = '✅' | '⚠️' | '❓' | '❌' | '🆕';

/** Whether somebody should look at an image. */
export const needsAttention = ({ attention, files }: ImageReport): boolean =>
  attention.length > 0 || (files !== null && files.privileged.length > 0);

/** The sign of an image. */
export function signOf(image: ImageReport): Sign {
  const { change, outcome } = image;
  if (needsAttention(image)) return '⚠️';
  if (change === null) return '🆕';
  const isDoubtful = change.baseline.unverified === true || outcome.kind === 'incomplete';
  return isDoubtful || uncomparedWords(change.comparison).length > 0 ? '❓' : '✅';
}

const BY_WEIGHT: readonly Sign[] = ['⚠️', '❓', '✅', '🆕'];

/** The sign of a run: the weightiest of its parts. */
export function signOfReport(report: Report): Sign {
  if (report.failures.length > 0) return '❌';
  if (report.gone.length > 0) return '⚠️';
  const signs = new Set(report.images.map(signOf));
  if (overallKind(report) === 'incomplete') signs.add('❓');
  return BY_WEIGHT.find((sign) => signs.has(sign)) ?? '✅';
}

const ATTENTION = 'needs attention';
/** More platforms are counted: the table below names them. */
const PLATFORMS_NAMED = 2;

/** What became of a run, for the first line of a page. */
export function tellVerdict(report: Report): Phrase {
  const [first] = report.images;
  if (first !== undefined && isSingle(report)) return [verdictOn(first)];
  const { images, failures, gone, absent } = report;
  const needs = gone.length > 0 || images.some(needsAttention);
  const isLong = images.length + failures.length + gone.length + absent.length > PLATFORMS_NAMED;
  return phrase`${needs ? `${ATTENTION}, ` : ''}${isLong ? countOutcomes(report) : headlinePhrase(report)}`;
}

/** What became of an image, with only those numbers that changed: `+1.2 MB: you changed 1 of 9 layers`. */
export function verdictOn(image: ImageReport): string {
  const { change, outcome } = image;
  const isUrgent = needsAttention(image);
  if (change === null || outcome.kind === 'unchanged') {
    const told = change === null ? tellFirst(image) : outcome.sentence;
    return `${isUrgent ? `${ATTENTION}, ` : ''}${told}`;
  }
  const doubt = change.baseline.unverified === true ? 'baseline unverified: ' : '';
  const isIncomplete = outcome.kind === 'incomplete';
  const [size] = tellSizeChange(change.comparison);
  const facts = [
    ...(change.comparison.changed === true ? tellChange(image, change) : [tellRebuilt(image, change)]),
    ...uncomparedWords(change.comparison),
    ...tellIgnored(change.comparison),
  ].join(', ');
  const words = [isUrgent ? ATTENTION : [], isIncomplete ? 'not compared in full' : []].flat();
  if (words.length > 0)
    return `${doubt}${words.join(', ')}: ${size === undefined ? '' : `${size}, `}${facts}`;
  return `${doubt}${size === undefined ? '' : `${size}: `}${facts}`;
}

/** What an image is that there is nothing to compare with. */
function tellFirst({ outcome: { kind }, layers, measure, size }: ImageReport): string {
  const what = { first: 'first snapshot', new: 'new platform' }[String(kind)] ?? 'nothing to compare with';
  return `${what}: ${formatCount(layers.length, 'layer')}, ${tellBytes(sizeIn(measure, size).bytes, measure)}`;
}

/** What an image costs in which nothing changed that counts. */
function tellRebuilt({ layers, size: { pull } }: ImageReport, { comparison }: ChangeReport): string {
  const rebuilt = layers.filter(({ status }) => status === 'rebuilt' || status === 'added').length;
  if (rebuilt === 0) return 'no difference found';
  const cost =
    pull === null || pull === 0 ? shareOf(rebuilt, layers, 'rebuilt') : `${formatSize(pull)} pulled again`;
  return `${onlyDifference(comparison)}: ${cost}`;
}

/** What changed, and whose change it is, where the base image is known. */
function tellChange(image: ImageReport, { comparison }: ChangeReport): string[] {
  const { layers, settings } = image;
  const isBumped = baseBump(image) !== null;
  const own = layers.filter((line) => !isUpstream(line, image));
  const changed = own.filter(isChanged).length;
  const removed = own.filter(({ status }) => status === 'removed').length;
  const config =
    settings === null || settings.length === 0 ? [] : [formatCount(settings.length, 'config change')];
  const isOnlyBase = isBumped && changed + removed + config.length === 0;
  if (isOnlyBase) return ['base image only'];
  const isKnown = image.baseImage?.after != null;
  const mine = [
    ...(changed === 0
      ? []
      : [isKnown ? `you changed ${shareOf(changed, layers)}` : shareOf(changed, layers, 'changed')]),
    ...(removed === 0 ? [] : [`${changed === 0 ? formatCount(removed, 'layer') : removed} removed`]),
  ];
  if (isBumped) return ['new base image', ...mine, ...config];
  if (mine.length + config.length > 0) return [...mine, ...config];
  return [
    ...countLayers(comparison.summary),
    ...(comparison.files === null ? [] : tellPaths(countPaths(comparison.files))),
  ];
}

/** `2 of 9 layers changed` */
function shareOf(count: number, layers: readonly LayerLine[], became = ''): string {
  const all = layers.filter(({ status }) => status !== 'removed').length;
  return `${count} of ${formatCount(all, 'layer')} ${became}`.trim();
}

/** Causes that leave what the image shows as it was. */
const SAME: ReadonlySet<ToldCause> = new Set(['volatile', 'uncounted', 'unseen']);

/** Whether a layer gave something that counts; of a rebuilt one without a known cause that is assumed. */
export function isChanged({ status, cause }: LayerLine): boolean {
  if (status === 'added') return true;
  return status === 'rebuilt' && (cause === null || (CAUSES[cause].harmless === null && !SAME.has(cause)));
}
