import { formatCount, formatNumber } from '../../base/human-size.ts';
import { sizeIn, tellBytesDelta } from './measure.ts';
import { isTold, type Outcome, tellIgnored } from './outcome.ts';
import { join, list, name, type Phrase, phrase } from './phrase.ts';
import { plainText } from './plain-text.ts';
import type { ImageReport, Report } from './report.ts';

/** Kinds of outcomes, what a reader wants to see first first. */
const BY_WEIGHT: readonly Outcome['kind'][] = [
  'changed',
  'unverified',
  'new',
  'incomplete',
  'rebuilt',
  'first',
  'single',
  'unchanged',
];

const BRIEFS: Readonly<Record<Outcome['kind'], string>> = {
  changed: 'changed',
  new: 'new',
  incomplete: 'not compared as a whole',
  rebuilt: 'rebuilt without a difference',
  first: 'recorded for the first time',
  single: 'recorded',
  unchanged: 'unchanged',
  unverified: 'without a difference from an unverified baseline',
};

const NAME_LENGTH = 60;
const NAMED = 3;
const MOST_GROUPS = 6;

/** Whether a report speaks of one platform alone, and so needs not tell platforms apart. */
export const isSingle = ({ images, gone, failures }: Report): boolean =>
  images.length === 1 && gone.length + failures.length === 0;

/** The images of a report, those first that have most to say. */
export function byWeight(images: readonly ImageReport[]): readonly ImageReport[] {
  const weight = ({ outcome }: ImageReport): number => BY_WEIGHT.indexOf(outcome.kind);
  return images.toSorted((one, other) => weight(one) - weight(other));
}

/** The kind of outcome that stands for the whole report: the weightiest of its parts. */
export function overallKind(report: Report): Outcome['kind'] {
  const { images, gone, absent, failures } = report;
  if (gone.length > 0) return 'changed';
  const kinds = new Set(images.map(({ outcome }) => outcome.kind));
  const isCompared = images.some(({ change }) => change !== null);
  if (!isSingle(report) && isCompared && absent.length + failures.length > 0) kinds.add('incomplete');
  return BY_WEIGHT.find((kind) => kinds.has(kind)) ?? 'unchanged';
}

/** The report in one line of plain text, for a commit status, an annotation, a log. */
export const headline = (report: Report): string => plainText(headlinePhrase(report), NAME_LENGTH);

/**
 * The report in one sentence. Of several platforms it is what became of each:
 * `2 platforms: linux/amd64 changed +12.3 MB, linux/arm64 unchanged`.
 */
export function headlinePhrase(report: Report): Phrase {
  const { images, gone, absent, failures } = report;
  const [first] = images;
  if (first !== undefined && isSingle(report)) return [first.outcome.sentence];
  const detailed = groupBy(images, briefly);
  const groups = [
    ...(detailed.length > MOST_GROUPS ? groupBy(images, ({ outcome }) => BRIEFS[outcome.kind]) : detailed),
    { said: 'failed', platforms: failures.map(({ platform }) => platform) },
    { said: 'gone', platforms: gone },
    { said: 'not here', platforms: absent },
  ].filter(({ platforms }) => platforms.length > 0);
  const count = formatCount(images.length + failures.length + absent.length, 'platform');
  const [only, ...others] = groups;
  if (only !== undefined && others.length === 0 && images.length > 1) return [`${count}: all ${only.said}`];
  const told = groups.map(({ said, platforms }) => phrase`${named(platforms)} ${said}`);
  return phrase`${count}: ${join(told, groups.some(({ platforms }) => platforms.length > 1) ? '; ' : ', ')}`;
}

/** Of many platforms a count of each outcome: `7 platforms: 3 changed, 1 new, 2 unchanged, 1 failed`. */
export function countOutcomes({ images, gone, absent, failures }: Report): string {
  const groups = Map.groupBy(byWeight(images), ({ outcome }) => BRIEFS[outcome.kind]);
  const counts = [
    ...[...groups].map(([said, alike]) => [alike.length, said] as const),
    ...([
      [failures.length, 'failed'],
      [gone.length, 'gone'],
      [absent.length, 'not here'],
    ] as const),
  ];
  const told = counts.filter(([count]) => count > 0).map(([count, said]) => `${formatNumber(count)} ${said}`);
  return `${formatCount(images.length + failures.length + absent.length, 'platform')}: ${told.join(', ')}`;
}

interface Group {
  readonly said: string;
  readonly platforms: readonly string[];
}

function groupBy(images: readonly ImageReport[], tell: (image: ImageReport) => string): readonly Group[] {
  const groups = Map.groupBy(byWeight(images), tell);
  return [...groups].map(([said, alike]) => ({ said, platforms: alike.map(({ platform }) => platform) }));
}

function briefly(image: ImageReport): string {
  const { change, outcome } = image;
  const hidden = change === null ? [] : tellIgnored(change.comparison);
  const isDoubtful = change?.baseline.unverified && outcome.kind !== 'unverified';
  return [becomes(image), ...(isDoubtful ? ['baseline unverified'] : []), ...hidden].join(', ');
}

function becomes({ outcome, size, measure }: ImageReport): string {
  const { bytes, delta } = sizeIn(measure, size);
  const told = outcome.kind === 'changed' && delta !== null && isTold(delta, bytes - delta);
  return told ? `changed ${tellBytesDelta(delta, measure)}` : BRIEFS[outcome.kind];
}

function named(platforms: readonly string[]): Phrase {
  const shown = platforms.slice(0, platforms.length > NAMED + 1 ? NAMED : platforms.length);
  const names = shown.map((platform) => [name(platform)]);
  const left = platforms.length - shown.length;
  return left > 0 ? phrase`${join(names, ', ')} and ${formatNumber(left)} more` : list(names);
}
