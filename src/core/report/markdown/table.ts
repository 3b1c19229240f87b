import type { Cell, Table } from '../table.ts';
import type { SourceTree } from './source-tree.ts';
import { inline } from './write.ts';

const CELL_LENGTH = 80;
const ASIDE_LENGTH = 60;
/** Engines run images of at most 127 layers; only made-up ones have more. */
const MAX_ROWS = 150;

/** A table of GitHub-flavoured Markdown. */
export function tableLines({ columns, rows }: Table, source: SourceTree | null = null): string {
  const shown = rows.slice(0, MAX_ROWS);
  const left = rows.length - shown.length;
  const written = columns.map((column, place) => ({
    title: capitalized(inline(column.title, CELL_LENGTH)),
    rule: column.align === 'right' ? '--:' : ':--',
    cells: shown
      .flatMap((row) => row[place] ?? [])
      .map((cell) => writeCell(cell, column.flexible === true, source)),
  }));
  const used = written.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const more = ['…', `and ${left} more`];
  return [
    toRow(used.map(({ title }) => title)),
    `|${used.map(({ rule }) => rule).join('|')}|`,
    ...shown.map((_, row) => toRow(used.map(({ cells }) => cells[row] ?? ''))),
    ...(left === 0 ? [] : [toRow(used.map((_, place) => more[place] ?? ''))]),
  ].join('\n');
}

/** Only the flexible column may break over two lines, and others after a comma. */
function writeCell({ text, aside, below }: Cell, flexible: boolean, source: SourceTree | null): string {
  const written = inline(text, CELL_LENGTH);
  const remark = aside.length === 0 ? '' : ` <sub>${inline(aside, ASIDE_LENGTH)}</sub>`;
  const under = below.length === 0 ? '' : `<br>${inline(below, CELL_LENGTH, source)}`;
  const cell = `${written}${remark}${under}`;
  return flexible ? cell : cell.replaceAll(/(?<!,) /g, '&nbsp;').replaceAll(/(?<=\d)–(?=\d)/g, '–&NoBreak;');
}

const capitalized = (title: string): string => title.charAt(0).toUpperCase() + title.slice(1);

const toRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
