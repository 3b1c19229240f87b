import { formatCount, formatNumber, formatSizeDelta } from '../../base/human-size.ts';
import type { ImageReport, Report } from './report.ts';
import { isTold, type Verdict } from './verdict.ts';

/** Kinds of verdicts, what a reader wants to see first first. */
export const BY_WEIGHT: readonly Verdict['kind'][] = [
  'changed',
  'new',
  'rebuilt',
  'first',
  'single',
  'unchanged',
];

const BRIEFS: Readonly<Record<Verdict['kind'], string>> = {
  changed: 'changed',
  new: 'new',
  rebuilt: 'rebuilt without a difference',
  first: 'recorded for the first time',
  single: 'recorded',
  unchanged: 'unchanged',
};

const NAMED = 3;
const MOST_GROUPS = 6;

/** Whether a report speaks of one platform alone, and so needs not tell platforms apart. */
export const isSingle = ({ images, gone, failures }: Report): boolean =>
  images.length === 1 && gone.length + failures.length === 0;

/** The images of a report, those first that have most to say. */
export function byWeight(images: readonly ImageReport[]): readonly ImageReport[] {
  const weight = ({ verdict }: ImageReport): number => BY_WEIGHT.indexOf(verdict.kind);
  return images.toSorted((one, other) => weight(one) - weight(other));
}

/**
 * What became of each platform: `2 platforms: linux/amd64 changed +12.3 MB, linux/arm64 unchanged`.
 * @param quote escapes the name of a platform for the language that the sentence is for.
 */
export function platformsSentence(report: Report, quote: (platform: string) => string): string {
  const { images, gone, failures } = report;
  const detailed = groupBy(images, briefly);
  const groups = [
    ...(detailed.length > MOST_GROUPS ? groupBy(images, ({ verdict }) => BRIEFS[verdict.kind]) : detailed),
    { said: 'failed', platforms: failures.map(({ platform }) => platform) },
    { said: 'gone', platforms: gone },
  ].filter(({ platforms }) => platforms.length > 0);
  const count = formatCount(images.length + failures.length, 'platform');
  const [first] = groups;
  if (groups.length === 1 && first !== undefined && images.length > 1) return `${count}: all ${first.said}`;
  const joint = groups.some(({ platforms }) => platforms.length > 1) ? '; ' : ', ';
  return `${count}: ${groups.map(({ said, platforms }) => `${named(platforms, quote)} ${said}`).join(joint)}`;
}

interface Group {
  readonly said: string;
  readonly platforms: readonly string[];
}

function groupBy(images: readonly ImageReport[], tell: (image: ImageReport) => string): readonly Group[] {
  const groups = Map.groupBy(byWeight(images), tell);
  return [...groups].map(([said, alike]) => ({ said, platforms: alike.map(({ platform }) => platform) }));
}

function briefly({ verdict, size }: ImageReport): string {
  const { uncompressed, uncompressedDelta: delta } = size;
  const told = verdict.kind === 'changed' && delta !== null && isTold(delta, uncompressed - delta);
  return told ? `changed ${formatSizeDelta(delta)}` : BRIEFS[verdict.kind];
}

function named(platforms: readonly string[], quote: (platform: string) => string): string {
  const shown = platforms.slice(0, platforms.length > NAMED + 1 ? NAMED : platforms.length).map(quote);
  const left = platforms.length - shown.length;
  if (left > 0) return `${shown.join(', ')} and ${formatNumber(left)} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
