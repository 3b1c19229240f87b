import { drawBar } from '../draw-bar.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import { type Phrase, writePhrase } from '../phrase.ts';
import { plainWriter } from '../plain-text.ts';
import type { Cell, Table } from '../table.ts';
import type { Paint, Palette } from './palette.ts';
import { cutEnd, widthOf, wrap } from './widths.ts';

interface TableOptions {
  readonly width: number;
  readonly palette: Palette;
}

const GAP = 2;
/** Of lines under a row. */
const INDENT = 5;
/** A cell under a row is not cut to less. */
const LEAST_CUT = 20;
const CELL_LENGTH = 400;
const ASIDE_LENGTH = 32;
/** The width, in columns, from which there is room for long bars and for longer remarks next to a cell. */
const ROOMY = 100;

/** A cell, escaped; paint never changes a width. */
interface WrittenCell {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

/** A row and the remarks under its cells, each with one cell for each column. */
interface WrittenRow {
  readonly cells: readonly WrittenCell[];
  readonly below: readonly WrittenCell[];
}

interface WrittenColumn {
  readonly column: Table['columns'][number];
  readonly place: number;
  /** Of a column of figures; else empty. */
  readonly title: string;
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
    const heading = head.cells[place]?.text ?? '';
    const natural = Math.max(widest, widthOf(heading));
    return widest === 0 ? [] : [{ column, place, title: column.align === 'right' ? heading : '', natural }];
  });
  const layout = chooseLayout(used, options.width);
  return [head, ...written].flatMap((row) => rowLines(row, row === head, layout, options.width));
}

/** Which columns stand in the row, how wide, and which on lines under it. */
interface Layout {
  readonly row: readonly (WrittenColumn & { readonly width: number })[];
  readonly under: readonly WrittenColumn[];
}

/** The least width of the flexible column: first next to all others, then next to those that must be there. */
const FLEXIBLE = [40, 24] as const;

/** The widest form that fits: of a narrow table some columns are left out, then one after the other goes under the row. */
function chooseLayout(columns: readonly WrittenColumn[], width: number): Layout {
  const [wide, least] = FLEXIBLE;
  const whole = layOut(columns, [], width);
  if (fits(whole, wide, width)) return whole;
  const left = columns.filter(({ column }) => column.narrow !== 'omit');
  const movable = [
    ...left.filter(({ column }) => column.flexible === true),
    ...left.filter(({ column }) => column.narrow === 'under').reverse(),
  ];
  const layouts = Array.from({ length: movable.length + 1 }, (_, count) =>
    layOut(left, movable.slice(0, count), width),
  );
  return layouts.find((layout) => fits(layout, least, width)) ?? layouts.at(-1) ?? whole;
}

function layOut(columns: readonly WrittenColumn[], under: readonly WrittenColumn[], width: number): Layout {
  const row = columns.filter((each) => !under.includes(each));
  const taken = row.reduce(
    (sum, { column, natural }) => sum + (column.flexible === true ? 0 : natural),
    GAP * (row.length - 1),
  );
  const flexible = Math.max(0, width - taken);
  return {
    row: row.map((each) => ({
      ...each,
      width: each.column.flexible === true ? Math.min(each.natural, flexible) : each.natural,
    })),
    under: columns.filter((each) => under.includes(each)),
  };
}

function fits({ row }: Layout, least: number, width: number): boolean {
  const taken = row.reduce(
    (sum, { column, natural }) => sum + (column.flexible === true ? Math.min(natural, least) : natural),
    GAP * (row.length - 1),
  );
  return taken <= width;
}

function rowLines({ cells, below }: WrittenRow, isHead: boolean, layout: Layout, width: number): string[] {
  const { row, under } = layout;
  const inRow = (written: readonly WrittenCell[]): string =>
    row
      .map(({ column, place, width: wide }) => alignCell(written[place] ?? EMPTY, column.align, wide))
      .join(' '.repeat(GAP))
      .trimEnd();
  const indent = Math.min(INDENT, (row[0]?.width ?? 0) + GAP);
  const underRow = (written: readonly WrittenCell[]): string[] =>
    fillLines(
      under.map((column) => ({ ...labeled(written[column.place] ?? EMPTY, column.title), ...column })),
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

/** A figure that is not in its column comes with its title. */
const labeled = (cell: WrittenCell, title: string): WrittenCell =>
  cell.text === '' || title === '' ? cell : { ...cell, text: `${title} ${cell.text}` };

/** Cells one behind the other on as few lines as they need; only those of the flexible column are cut. */
function fillLines(
  cells: readonly (WrittenCell & Pick<WrittenColumn, 'column'>)[],
  indent: number,
  width: number,
): string[] {
  const lines: string[] = [];
  let room = 0;
  for (const { text, paint = asIs, column } of cells) {
    if (text === '') continue;
    const continues = widthOf(text) <= room || (column.flexible === true && room >= LEAST_CUT);
    if (!continues) room = width - indent;
    const [first = '', ...more] = column.flexible === true ? [cutEnd(text, room)] : wrap(text, room);
    if (continues) lines.push(`${lines.pop()}${' '.repeat(GAP)}${paint(first)}`);
    else lines.push(' '.repeat(indent) + paint(first));
    lines.push(...more.map((line) => ' '.repeat(indent) + paint(line)));
    room -= widthOf(more.at(-1) ?? first) + GAP;
  }
  return lines;
}

const asIs: Paint = (text) => text;

/** The remark on a cell comes before it, since the ends of lines are cut. */
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
