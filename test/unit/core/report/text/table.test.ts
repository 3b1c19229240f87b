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
  expect(lines(36, ['1', ['a name of thirty-one characters!'], 'note'])).toEqual([
    '#  name                         note',
    '1  a name of thirty-one chara…  note',
  ]);
});

test('where there is little room it stands on a line under its row, with what is said under it', () => {
  const row: Row = ['1', ['a name of thirty-one characters!'], 'note', ['was another name']];
  expect(lines(24, row, ['2', ['short'], 'z'])).toEqual([
    '#  note',
    '1  note',
    '   a name of thirty-one…',
    '   was another name',
    '2  z',
    '   short',
  ]);
});

test('a narrow table does without what may be left out, and then has details under its rows', () => {
  const columns: readonly Column<Row>[] = [
    { title: ['#'], align: 'right', cell: ([number]) => [number] },
    { title: ['cause'], align: 'left', narrow: 'under', cell: () => ['timestamps'] },
    { title: ['bar'], align: 'left', narrow: 'omit', cell: () => ['██████'] },
    { title: ['size'], align: 'right', cell: () => ['12.3 MB'] },
    { title: ['name'], align: 'left', flexible: true, cell: ([, shown]) => shown },
  ];
  const table = makeTable(columns, [['1', ['a name of thirty-one characters!']]]);
  const at = (width: number) => tableLines(table, { width, palette: PLAIN });
  expect(at(70)[1]).toBe('1  timestamps  ██████  12.3 MB  a name of thirty-one characters!');
  expect(at(50)[1]).toBe('1  timestamps  12.3 MB  a name of thirty-one char…');
  expect(at(30).slice(1)).toEqual(['1  timestamps  12.3 MB', '   a name of thirty-one chara…']);
  expect(at(20).slice(1)).toEqual(['1  12.3 MB', '   timestamps', '   a name of thirty…']);
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
