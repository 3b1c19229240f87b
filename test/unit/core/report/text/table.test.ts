import { expect, test } from 'vitest';
import { brief, name, type Phrase } from '../../../../../src/core/report/phrase.ts';
import { type Column, makeTable } from '../../../../../src/core/report/table.ts';
import { PLAIN } from '../../../../../src/core/report/text/palette.ts';
import { tableLines } from '../../../../../src/core/report/text/table.ts';

type Row = readonly [number: string, name: Phrase, note?: string, below?: Phrase];

const COLUMNS: readonly Column<Row>[] = [
  { title: ['#'], align: 'right', cell: ([number]) => [number] },
  {
    title: ['name'],
    align: 'left',
    flexible: true,
    cell: ([, shown]) => shown,
    below: ([, , , below = []]) => below,
    tone: () => 'accent',
  },
  { title: ['note'], align: 'left', cell: ([, , note = '']) => [note] },
];

const lines = (width: number, ...rows: readonly Row[]): string[] =>
  tableLines(makeTable(COLUMNS, rows), { width, palette: PLAIN });

test('columns are as wide as their widest cell, empty ones are left out', () => {
  expect(lines(80, ['1', ['one']], ['10', [name('漢字')]])).toEqual([' #  name', ' 1  one', '10  漢字']);
  expect(lines(80)).toEqual([]);
});

test('the flexible column gives way', () => {
  expect(lines(24, ['1', ['a name of twenty-two!!'], 'note'])).toEqual([
    '#  name             note',
    '1  a name of twen…  note',
  ]);
});

test('what is said under a cell takes a line, and is said in few words', () => {
  const below = [brief('before that it was ', 'was '), name('y')];
  expect(lines(80, ['1', [name('x')], 'z', below])).toEqual(['#  name   note', '1  x      z', '   was y']);
});

test('paint changes no column', () => {
  const palette = { ...PLAIN, accent: (text: string) => `<<${text}>>` };
  expect(tableLines(makeTable(COLUMNS, [['1', ['x'], 'y']]), { width: 80, palette })[1]).toBe(
    '1  <<x>>     y',
  );
});
