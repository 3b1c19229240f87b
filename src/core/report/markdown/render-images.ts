import { formatCount, formatSize } from '../../../base/human-size.ts';
import { headlinePhrase, OUTCOME_SIGNS, overallKind } from '../headline.ts';
import { sizeIn, tellBytesDelta } from '../measure.ts';
import { name, type Phrase, phrase, sign } from '../phrase.ts';
import type { Report } from '../report.ts';
import { type Column, makeTable } from '../table.ts';
import { type Chunk, fits, joinChunks } from './chunks.ts';
import { fold } from './parts.ts';
import { type MarkdownOptions, renderMarkdown } from './render-markdown.ts';
import { tableLines } from './table.ts';
import { inline, inSummary } from './write.ts';

const NAME_LENGTH = 100;
/** Bytes that the whole report of one of many images takes up at most. */
const PER_IMAGE = 20_000;

/** Many images at a glance: a row for each that changed, the whole of each in a fold, and a count of the others. */
export function renderImages(reports: readonly Report[], { limit, whole }: MarkdownOptions): string {
  const sorted = reports.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const loud = sorted.filter((report) => !isStill(report));
  const rest = sorted.length - loud.length;
  const head: Chunk[] = [
    keep(`### ${signOf(loud)} ${formatCount(sorted.length, 'image')}: ${tellCounts(loud.length, rest)}`),
    ...(loud.length === 0 ? [] : [keep(tableLines(makeTable(COLUMNS, loud)))]),
  ];
  const folds = (each: number): Chunk[] =>
    loud.map((report) => ({
      markdown: fold(
        `<b>${inSummary([name(nameOf(report))], NAME_LENGTH)}</b>`,
        renderMarkdown(report, { limit: each, whole })
          .replace(/^### .*\n+/, '')
          .trimEnd(),
      ),
      title: inline([name(nameOf(report))], NAME_LENGTH),
    }));
  const sizes = [PER_IMAGE, PER_IMAGE / 4];
  const chunks = sizes.map((each) => [...head, ...folds(each)]);
  return joinChunks(chunks.find((each) => fits(each, limit)) ?? chunks.at(-1) ?? head, limit, whole);
}

const keep = (markdown: string): Chunk => ({ markdown, title: null });

const nameOf = ({ images }: Report): string => images[0]?.name ?? '';

/** Whether nothing changed that counts, and all of it is known. */
const isStill = (report: Report): boolean =>
  report.failures.length === 0 && ['unchanged', 'rebuilt'].includes(overallKind(report));

function signOf(loud: readonly Report[]): string {
  if (loud.length === 0) return OUTCOME_SIGNS.unchanged;
  return loud.some(({ failures }) => failures.length > 0) ? '❌' : OUTCOME_SIGNS.changed;
}

function tellCounts(loud: number, rest: number): string {
  if (loud === 0) return 'no change';
  return rest === 0 ? 'all changed' : `${loud} changed, ${rest} unchanged`;
}

const COLUMNS: readonly Column<Report>[] = [
  { title: ['image'], align: 'left', cell: (report) => [name(nameOf(report))] },
  {
    title: ['change'],
    align: 'right',
    cell: ({ images: [first] }) => {
      if (first === undefined) return [];
      const { delta } = sizeIn(first.measure, first.size);
      return delta === null || delta === 0 ? [] : [tellBytesDelta(delta, first.measure)];
    },
  },
  {
    title: ['to pull'],
    align: 'right',
    cell: ({ images }) => {
      const pull = images.reduce((sum, { size }) => sum + (size.pull ?? 0), 0);
      return pull === 0 ? [] : [formatSize(pull)];
    },
  },
  { title: ['what changed'], align: 'left', flexible: true, cell: tellResult },
];

function tellResult(report: Report): Phrase {
  const emoji = report.failures.length > 0 ? '❌' : OUTCOME_SIGNS[overallKind(report)];
  return phrase`${sign(`${emoji} `)}${headlinePhrase(report)}`;
}
