import { cutEnd, widthOf } from './columns.ts';
import type { Paint } from './palette.ts';

/** A column of a table on a terminal. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Takes what room the others leave, and is cut to it; at most one column. */
  readonly flexible?: true;
}

/** One cell, escaped; paint never changes a width. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

const GAP = 2;
/** A flexible column is never squeezed below this. */
const NARROWEST = 12;

/**
 * Lines of a table, as wide as its cells and at most `width` columns where a column is flexible.
 * Columns that are empty in every row are left out.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: { readonly width: number; readonly heading: Paint },
): string[] {
  const used = columns.map((_, place) => rows.some((row) => (row[place]?.text ?? '') !== ''));
  const kept = columns.filter((_, place) => used[place]);
  const cells = rows.map((row) => row.filter((_, place) => used[place]));
  const widths = columnWidths(kept, cells, options.width);
  const head = kept.map(({ title }) => ({ text: title, paint: options.heading }));
  return [head, ...cells].map((row) =>
    kept
      .map((column, place) => toCell(row[place] ?? { text: '' }, column, widths[place] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): number[] {
  const natural = columns.map(({ title }, place) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[place]?.text ?? '')), widthOf(title)),
  );
  const flexible = columns.findIndex((column) => column.flexible === true);
  const used = natural.reduce((sum, one) => sum + one + GAP, -GAP);
  if (flexible === -1 || used <= width) return natural;
  const own = natural[flexible] ?? 0;
  return natural.with(flexible, Math.min(own, Math.max(NARROWEST, own - (used - width))));
}

function toCell({ text, paint }: Cell, { align }: Column, width: number): string {
  const shown = cutEnd(text, width);
  const padding = ' '.repeat(Math.max(0, width - widthOf(shown)));
  const painted = paint === undefined || shown === '' ? shown : paint(shown);
  return align === 'right' ? padding + painted : painted + padding;
}
