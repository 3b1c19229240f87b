import type { Phrase } from './phrase.ts';

/** What a cell means, which a face may show by a color. */
export type Tone = 'muted' | 'good' | 'bad' | 'warning' | 'accent';

/** A column of a table, in whatever face. One that is empty in every row is left out. */
export interface Column<Row> {
  readonly title: Phrase;
  readonly align: 'left' | 'right';
  /**
   * Takes the room that the others leave, or a line under each row where they leave too little; at most one column of a
   * table does.
   */
  readonly flexible?: true;
  /** What becomes of it where a terminal is narrow; figures that count stay in the row. */
  readonly narrow?: 'omit' | 'under';
  cell(row: Row): Phrase;
  /** A quiet remark next to the cell. */
  aside?(row: Row): Phrase;
  /** A remark under it. */
  below?(row: Row): Phrase;
  tone?(row: Row): Tone | null;
}

/** A cell, not yet written in any language. */
export interface Cell {
  readonly text: Phrase;
  readonly aside: Phrase;
  readonly below: Phrase;
  readonly tone: Tone | null;
}

/** A table, not yet written in any language: as many cells a row as there are columns. */
export interface Table {
  readonly columns: readonly Pick<Column<never>, 'title' | 'align' | 'flexible' | 'narrow'>[];
  readonly rows: readonly (readonly Cell[])[];
}

export function makeTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Table {
  return {
    columns,
    rows: rows.map((row) =>
      columns.map((column) => ({
        text: column.cell(row),
        aside: column.aside?.(row) ?? [],
        below: column.below?.(row) ?? [],
        tone: column.tone?.(row) ?? null,
      })),
    ),
  };
}
