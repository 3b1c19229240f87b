import { drawBar } from '../draw-bar.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import { type Phrase, writePhrase } from '../phrase.ts';
import { plainWriter } from '../plain-text.ts';
import type { Cell, Table } from '../table.ts';
import type { Paint, Palette } from './palette.ts';
import { cutEnd, widthOf } from './widths.ts';

interface TableOptions {
  readonly width: number;
  readonly palette: Palette;
}

const GAP = 2;
/** A cell under a row is not cut to less. */
const LEAST_CUT = 20;
const CELL_LENGTH = 400;
const ASIDE_LENGTH = 32;
/** Columns from which on there is room for long bars and for more than the least beside a cell. */
const ROOMY = 100;

/** A cell, escaped; paint never changes a width. */
interface WrittenCell {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

/** A row, what is said under its cells, and both as many as there are columns. */
interface WrittenRow {
  readonly cells: readonly WrittenCell[];
  readonly below: readonly WrittenCell[];
}

interface WrittenColumn {
  readonly column: Table['columns'][number];
  readonly place: number;
  /** Columns of the terminal that its widest cell takes. */
  readonly natural: number;
}

/**
 * Lines of a table of at most `width` columns, where the table can give way so far. Columns that are empty in every row
 * are left out; without rows there is no table.
 */
export function tableLines({ columns, rows }: Table, options: TableOptions): string[] {
  if (rows.length === 0) return [];
  const written = rows.map((row) => writeRow(row, options));
  const head: WrittenRow = {
    cells: columns.map(({ title }) => ({ text: write(title, options), paint: options.palette.muted })),
    below: [],
  };
  const used = columns.flatMap((column, place): WrittenColumn[] => {
    const widths = written.map(({ cells, below }) =>
      Math.max(widthOf(cells[place]?.text ?? ''), widthOf(below[place]?.text ?? '')),
    );
    const widest = widths.reduce((most, one) => Math.max(most, one), 0);
    const natural = Math.max(widest, widthOf(head.cells[place]?.text ?? ''));
    return widest === 0 ? [] : [{ column, place, natural }];
  });
  const layout = chooseLayout(used, options.width);
  return [head, ...written].flatMap((row) => rowLines(row, row === head, layout, options.width));
}

/** Which columns stand in the row, how wide, and which on lines under it. */
interface Layout {
  readonly row: readonly (WrittenColumn & { readonly width: number })[];
  readonly under: readonly WrittenColumn[];
}

/** How a table gives way, the widest form first; `flexible` is the least that the flexible column takes in the row. */
const FORMS: readonly {
  readonly flexible: number | null;
  readonly omits: boolean;
  readonly details: 'beside' | 'under';
}[] = [
  { flexible: 40, omits: false, details: 'beside' },
  { flexible: 24, omits: true, details: 'beside' },
  { flexible: null, omits: true, details: 'beside' },
  { flexible: null, omits: true, details: 'under' },
];

function chooseLayout(columns: readonly WrittenColumn[], width: number): Layout {
  const layouts = FORMS.map(({ flexible, omits, details }): Layout & { readonly fits: boolean } => {
    const left = columns.filter(({ column }) => !(omits && column.narrow === 'omit'));
    const goesUnder = ({ column }: WrittenColumn): boolean =>
      (column.flexible === true && flexible === null) || (column.narrow === 'under' && details === 'under');
    const row = left.filter((each) => !goesUnder(each));
    const fixed = row.filter(({ column }) => column.flexible !== true);
    const taken = fixed.reduce((sum, { natural }) => sum + natural, GAP * (row.length - 1));
    const room = Math.max(0, width - taken);
    const fits = row.every(
      ({ column, natural }) => column.flexible !== true || Math.min(natural, flexible ?? 0) <= room,
    );
    return {
      row: row.map((each) => ({
        ...each,
        width: each.column.flexible === true ? Math.min(each.natural, room) : each.natural,
      })),
      under: left.filter(goesUnder),
      fits: fits && taken <= width,
    };
  });
  return layouts.find(({ fits }) => fits) ?? layouts.at(-1) ?? { row: [], under: [] };
}

function rowLines({ cells, below }: WrittenRow, isHead: boolean, layout: Layout, width: number): string[] {
  const { row, under } = layout;
  const inRow = (written: readonly WrittenCell[]): string =>
    row
      .map(({ column, place, width: wide }) => alignCell(written[place] ?? EMPTY, column.align, wide))
      .join(' '.repeat(GAP))
      .trimEnd();
  const indent = (row[0]?.width ?? 0) + GAP;
  const underRow = (written: readonly WrittenCell[]): string[] =>
    fillLines(
      under.map(({ place }) => written[place] ?? EMPTY),
      indent,
      width,
    );
  const second = inRow(below);
  return [
    inRow(cells),
    ...(isHead ? [] : underRow(cells)),
    ...(second === '' ? [] : [second]),
    ...underRow(below),
  ];
}

const EMPTY: WrittenCell = { text: '' };

/** Cells one behind the other on as few lines as they need, cut only where there is room for the most of them. */
function fillLines(cells: readonly WrittenCell[], indent: number, width: number): string[] {
  const lines: string[] = [];
  let room = 0;
  for (const { text, paint } of cells) {
    if (text === '') continue;
    const continues = widthOf(text) <= room || room >= LEAST_CUT;
    if (!continues) room = width - indent;
    const shown = cutEnd(text, room);
    const painted = paint === undefined ? shown : paint(shown);
    if (continues) lines.push(`${lines.pop()}${' '.repeat(GAP)}${painted}`);
    else lines.push(' '.repeat(indent) + painted);
    room -= widthOf(shown) + GAP;
  }
  return lines;
}

/** What is said beside a cell stands before it, since the ends of lines are cut. */
function writeRow(row: readonly Cell[], options: TableOptions): WrittenRow {
  return {
    cells: row.map(({ text, aside, tone }) => ({
      text: `${aside.length === 0 ? '' : `${writeAside(aside, options)}  `}${write(text, options)}`,
      paint: tone === null ? undefined : options.palette[tone],
    })),
    below: row.map(({ below }) => ({ text: write(below, options), paint: options.palette.muted })),
  };
}

function write(phrase: Phrase, { width }: TableOptions): string {
  const columns = width < ROOMY ? 6 : 12;
  const writer = plainWriter(CELL_LENGTH, (share) => drawBar(share, columns));
  return escapeTerminal(writePhrase(phrase, writer));
}

function writeAside(phrase: Phrase, { width }: TableOptions): string {
  const writer = plainWriter(ASIDE_LENGTH);
  return escapeTerminal(writePhrase(phrase, width < ROOMY ? writer : { ...writer, medium: 'page' }));
}

function alignCell({ text, paint }: WrittenCell, align: 'left' | 'right', width: number): string {
  const shown = cutEnd(text, width);
  const padding = ' '.repeat(Math.max(0, width - widthOf(shown)));
  const painted = paint === undefined || shown === '' ? shown : paint(shown);
  return align === 'right' ? padding + painted : painted + padding;
}
