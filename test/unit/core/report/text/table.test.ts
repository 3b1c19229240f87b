import { expect, test } from 'vitest';
import { type Column, tableLines } from '../../../../../src/core/report/text/table.ts';

const COLUMNS: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'name', align: 'left', flexible: true },
  { title: 'note', align: 'left' },
];

const cells = (...texts: string[]) => texts.map((text) => ({ text }));
const plain = (text: string): string => text;

test('columns are as wide as their widest cell, empty ones are left out', () => {
  expect(
    tableLines(COLUMNS, [cells('1', 'one', ''), cells('10', '漢字', '')], { width: 80, heading: plain }),
  ).toEqual([' #  name', ' 1  one', '10  漢字']);
});

test('the flexible column gives way', () => {
  const lines = tableLines(COLUMNS, [cells('1', 'a name of twenty-two!!', 'note')], {
    width: 24,
    heading: plain,
  });
  expect(lines).toEqual(['#  name             note', '1  a name of twen…  note']);
});

test('paint changes no column', () => {
  const rows = [[{ text: '1' }, { text: 'x', paint: (text: string) => `<<${text}>>` }, { text: 'y' }]];
  expect(tableLines(COLUMNS, rows, { width: 80, heading: plain })[1]).toBe('1  <<x>>     y');
});
