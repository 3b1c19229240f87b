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
/** A flexible column is never squeezed below this. */
const NARROWEST = 12;
const CELL_LENGTH = 400;
const ASIDE_LENGTH = 32;
/** Columns from which on there is room for bars and for more than the least beside a cell. */
const ROOMY = 100;
const NARROW = 70;

/** A cell, escaped; paint never changes a width. */
interface WrittenCell {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

/**
 * Lines of a table, as wide as its cells and at most `width` columns where a column is flexible. Columns that are empty
 * in every row are left out; without rows there is no table.
 */
export function tableLines({ columns, rows }: Table, options: TableOptions): string[] {
  const { width, palette } = options;
  const written = rows.flatMap((row) => writeRow(row, options));
  const used = columns.map((_, place) => written.some((row) => row[place]?.text !== ''));
  const kept = columns.filter((_, place) => used[place]);
  const head = kept.map(({ title }) => ({ text: write(title, options), paint: palette.muted }));
  const cells = [head, ...written.map((row) => row.filter((_, place) => used[place]))];
  const widths = columnWidths(kept, cells, width);
  if (rows.length === 0) return [];
  return cells.map((row) =>
    row
      .map((cell, place) => alignCell(cell, kept[place]?.align ?? 'left', widths[place] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** What is said beside a cell stands before it, since the ends of lines are cut; what is said under it takes a line. */
function writeRow(row: readonly Cell[], options: TableOptions): WrittenCell[][] {
  const cells = row.map(({ text, aside, tone }) => ({
    text: `${aside.length === 0 ? '' : `${writeAside(aside, options)}  `}${write(text, options)}`,
    paint: tone === null ? undefined : options.palette[tone],
  }));
  if (row.every(({ below }) => below.length === 0)) return [cells];
  const under = row.map(({ below }) => ({ text: write(below, options), paint: options.palette.muted }));
  return [cells, under];
}

function write(phrase: Phrase, { width }: TableOptions): string {
  const columns = width < NARROW ? 0 : width < ROOMY ? 6 : 12;
  const writer = plainWriter(CELL_LENGTH, (share) => drawBar(share, columns));
  return escapeTerminal(writePhrase(phrase, writer));
}

function writeAside(phrase: Phrase, { width }: TableOptions): string {
  const writer = plainWriter(ASIDE_LENGTH);
  return escapeTerminal(writePhrase(phrase, width < ROOMY ? writer : { ...writer, medium: 'page' }));
}

function columnWidths(
  columns: Table['columns'],
  rows: readonly (readonly WrittenCell[])[],
  width: number,
): number[] {
  const natural = columns.map((_, place) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[place]?.text ?? '')), 0),
  );
  const flexible = columns.findIndex((column) => column.flexible === true);
  const used = natural.reduce((sum, one) => sum + one + GAP, -GAP);
  if (flexible === -1 || used <= width) return natural;
  const own = natural[flexible] ?? 0;
  return natural.with(flexible, Math.min(own, Math.max(NARROWEST, own - (used - width))));
}

function alignCell({ text, paint }: WrittenCell, align: 'left' | 'right', width: number): string {
  const shown = cutEnd(text, width);
  const padding = ' '.repeat(Math.max(0, width - widthOf(shown)));
  const painted = paint === undefined || shown === '' ? shown : paint(shown);
  return align === 'right' ? padding + painted : painted + padding;
}
