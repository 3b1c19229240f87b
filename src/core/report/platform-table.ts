import { formatCount, formatNumber, formatSize, formatSizeDelta } from '../../base/human-size.ts';
import { countPaths } from './count-paths.ts';
import { byWeight, isSingle } from './headline.ts';
import { type Measure, sizeIn } from './measure.ts';
import type { Outcome } from './outcome.ts';
import { countLayers } from './outcome.ts';
import { type Medium, name, type Phrase, phrase, sign } from './phrase.ts';
import type { ImageReport, Report } from './report.ts';
import { tellReadingInShort } from './sentences.ts';
import { type Column, makeTable, type Table, type Tone } from './table.ts';
import { signOf } from './verdict.ts';

/** What became of one platform. */
interface Row {
  readonly platform: string;
  readonly emoji: string;
  readonly result: string;
  readonly tone: Tone | null;
  /** Null where there is no image. */
  readonly image: ImageReport | null;
}

/** What each of several platforms became, in a row; null where there is one platform. */
export function platformTable(report: Report, medium: Medium): Table | null {
  if (isSingle(report)) return null;
  const { images, failures, gone, absent } = report;
  const measure: Measure = images.every((image) => image.measure === 'compressed')
    ? 'compressed'
    : 'uncompressed';
  const without = (platform: string, result: string, tone: Tone, emoji: string): Row => ({
    ...{ platform, emoji, result, tone, image: null },
  });
  return makeTable(medium === 'page' ? pageColumns(measure) : columnsIn(measure), [
    ...failures.map(({ platform }) => without(platform, 'failed', 'bad', '❌')),
    ...byWeight(images).map(imageRow),
    ...gone.map((platform) => without(platform, 'gone', 'bad', '➖')),
    ...absent.map((platform) => without(platform, 'not here', 'warning', '❓')),
  ]);
}

const RESULTS: Readonly<Record<Outcome['kind'], readonly [words: string, tone: Tone | null]>> = {
  changed: ['changed', 'accent'],
  new: ['new', 'good'],
  incomplete: ['incomplete', 'warning'],
  rebuilt: ['rebuilt', 'warning'],
  first: ['first snapshot', 'accent'],
  single: ['recorded', 'accent'],
  unchanged: ['unchanged', 'muted'],
  unverified: ['unverified', 'warning'],
};

function imageRow(image: ImageReport): Row {
  const { platform, outcome, change } = image;
  const [words, tone] = RESULTS[outcome.kind];
  const isDoubtful = change?.baseline.unverified === true && outcome.kind !== 'unverified';
  return {
    platform,
    tone,
    image,
    emoji: signOf(image),
    result: `${words}${isDoubtful ? ', unverified' : ''}`,
  };
}

/** A cell of what is known of an image alone. */
const ofImage =
  (tell: (image: ImageReport) => string) =>
  ({ image }: Row): Phrase => [image === null ? '' : tell(image)];

const columnsIn = (measure: Measure): readonly Column<Row>[] => [
  { title: ['platform'], align: 'left', cell: ({ platform }) => [name(platform)] },
  {
    title: ['result'],
    align: 'left',
    cell: ({ result }) => [result],
    tone: ({ tone }) => tone,
  },
  {
    title: [measure === 'compressed' ? 'size' : measure],
    align: 'right',
    narrow: 'under',
    cell: ofImage(({ size }) => formatSize(sizeIn(measure, size).bytes)),
  },
  {
    title: ['change'],
    align: 'right',
    cell: ofImage(({ size }) => tellChange(sizeIn(measure, size).delta)),
  },
  {
    title: ['to pull'],
    align: 'right',
    narrow: 'under',
    cell: ofImage(({ size: { pull } }) => (pull === null || pull === 0 ? '' : formatSize(pull))),
  },
  { title: ['files'], align: 'right', narrow: 'omit', cell: ofImage(tellFiles) },
  { title: ['layers'], align: 'left', narrow: 'under', cell: ofImage(tellLayers) },
];

/** Three columns, so that a telephone has room for them. */
const pageColumns = (measure: Measure): readonly Column<Row>[] => [
  {
    title: ['platform'],
    align: 'left',
    cell: ({ emoji, platform }) => phrase`${sign(`${emoji} `)}${name(platform)}`,
  },
  { title: ['result'], align: 'left', cell: ({ result }) => [result] },
  {
    title: [measure === 'compressed' ? 'change' : 'change, uncompressed'],
    align: 'right',
    cell: ofImage(({ size }) => tellChange(sizeIn(measure, size).delta)),
  },
];

const tellChange = (delta: number | null): string =>
  delta === null || delta === 0 ? '' : formatSizeDelta(delta);

function tellFiles({ change }: ImageReport): string {
  const count = change?.comparison.files == null ? 0 : countPaths(change.comparison.files).files;
  return count === 0 ? '' : formatNumber(count);
}

/** What became of them; where nothing did, how many there are and what it cost to know that. */
function tellLayers(image: ImageReport): string {
  const { change, layers } = image;
  const changed = change === null ? [] : countLayers(change.comparison.summary, { noun: false });
  if (changed.length > 0) return changed.join(', ');
  return change === null ? formatCount(layers.length, 'layer') : tellReadingInShort(image);
}
