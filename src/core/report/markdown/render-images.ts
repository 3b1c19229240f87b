import { formatCount, formatSize } from '../../../base/human-size.ts';
import { overallKind } from '../headline.ts';
import { name, type Phrase, phrase, sign } from '../phrase.ts';
import type { Report } from '../report.ts';
import { tellAttention } from '../sections.ts';
import { type Column, makeTable } from '../table.ts';
import { type Sign, signOfReport, tellVerdict } from '../verdict.ts';
import { type Chunk, fits, fold, joinChunks } from './chunks.ts';
import { sectionParts } from './parts.ts';
import { footOf, type MarkdownOptions, renderMarkdown } from './render-markdown.ts';
import { tableLines } from './table.ts';
import { inline, inSummary } from './write.ts';

const NAME_LENGTH = 100;
/** Bytes that the whole report of one of many images takes up at most. */
const PER_IMAGE = 20_000;
/** How much of what needs attention is named above the table. */
const MOST_ATTENTION = 10;

/** Signs in the order of the table, and what they say. */
const BY_WEIGHT: readonly (readonly [sign: Sign, word: string, ofSeveral?: string])[] = [
  ['❌', 'failed'],
  ['⚠️', 'needs attention', 'need attention'],
  ['❓', 'not compared in full'],
  ['✅', 'changed'],
  ['🆕', 'new'],
];

export type ImagesOptions = Pick<MarkdownOptions, 'limit' | 'whole'> &
  Partial<Pick<MarkdownOptions, 'source'>>;

/**
 * Many images at a glance: what needs attention, a row for each that changed, the whole of each in a fold, and a count
 * of the others.
 */
export function renderImages(
  reports: readonly Report[],
  { limit, whole, source = null }: ImagesOptions,
): string {
  const loud = reports.filter((report) => !isStill(report)).sort(byWeight);
  const quiet = reports.length - loud.length;
  const style = { perList: 0, isFolded: false, source };
  const head: Chunk[] = [
    keep(`### ${worst(loud)} ${formatCount(reports.length, 'image')}: ${tellCounts(loud, quiet)}`),
    ...sectionParts(
      { content: { kind: 'remarks', tone: 'warning', remarks: attentionIn(loud), label: null } },
      style,
    ),
    ...(loud.length === 0 ? [] : [keep(tableLines(makeTable(COLUMNS, loud)))]),
  ];
  const folds = (each: number): Chunk[] =>
    loud.map((report) => ({
      markdown: fold(
        `<b>${inSummary([name(nameOf(report))], NAME_LENGTH)}</b>`,
        renderMarkdown(report, { limit: each, whole, source, isFolded: true, brief: true })
          .replace(/^### .*\n+/, '')
          .trimEnd(),
      ),
      title: inline([name(nameOf(report))], NAME_LENGTH),
    }));
  const sizes = [PER_IMAGE, PER_IMAGE / 4];
  const foot = footOf(
    reports.flatMap(({ images }) => images),
    whole,
  );
  const room = limit - Buffer.byteLength(foot);
  const chunks = sizes.map((each) => [...head, ...folds(each)]);
  return joinChunks(chunks.find((each) => fits(each, room)) ?? chunks.at(-1) ?? head, room, whole) + foot;
}

const keep = (markdown: string): Chunk => ({ markdown, title: null });

const nameOf = ({ images }: Report): string => images[0]?.name ?? '';

/** Whether nothing changed that counts, and all of it is known. */
const isStill = (report: Report): boolean =>
  ['unchanged', 'rebuilt'].includes(overallKind(report)) && signOfReport(report) === '✅';

const weightOf = (report: Report): number => BY_WEIGHT.findIndex(([sign]) => sign === signOfReport(report));

/** Names have no order of their own: that of their characters will do. */
function byWeight(one: Report, other: Report): number {
  return weightOf(one) - weightOf(other) || (nameOf(one) < nameOf(other) ? -1 : 1);
}

const worst = ([first]: readonly Report[]): Sign => (first === undefined ? '✅' : signOfReport(first));

/** `1 needs attention, 3 changed, 8 unchanged` */
function tellCounts(loud: readonly Report[], quiet: number): string {
  if (loud.length === 0) return 'no change';
  const signs = loud.map(signOfReport);
  const counts = BY_WEIGHT.map(([sign, word, ofSeveral = word]) => {
    const count = signs.filter((each) => each === sign).length;
    return [count, count === 1 ? word : ofSeveral] as const;
  });
  return [...counts, [quiet, 'unchanged'] as const]
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

/** What needs attention in any of the images: in a fold it could be missed. */
function attentionIn(reports: readonly Report[]): Phrase[] {
  const all = reports.flatMap(({ images }) =>
    images.flatMap((image) => tellAttention(image).map((told) => phrase`${name(image.name)}: ${told}`)),
  );
  const left = all.length - MOST_ATTENTION;
  return left <= 0 ? all : [...all.slice(0, MOST_ATTENTION), [`${left} more, each with its image below`]];
}

const COLUMNS: readonly Column<Report>[] = [
  {
    title: ['image'],
    align: 'left',
    cell: (report) => phrase`${sign(`${signOfReport(report)} `)}${name(nameOf(report))}`,
  },
  {
    title: ['what changed'],
    align: 'left',
    flexible: true,
    cell: tellVerdict,
    below({ images }) {
      const pull = images.reduce((sum, { size }) => sum + (size.pull ?? 0), 0);
      return pull === 0 ? [] : [`${formatSize(pull)} to pull`];
    },
  },
];
