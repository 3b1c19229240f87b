import { expect, test } from 'vitest';
import { PLAIN } from '../../../../../src/core/report/text/palette.ts';
import { choosePalette, terminalWidth } from '../../../../../src/entry/cli/terminal/describe-terminal.ts';

test.each<[string, Record<string, string>, boolean, boolean]>([
  ['a terminal', {}, true, true],
  ['a pipe', {}, false, false],
  ['NO_COLOR', { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
  ['a dumb terminal', { TERM: 'dumb' }, true, false],
  ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR over NO_COLOR', { FORCE_COLOR: '', NO_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ['FORCE_COLOR=false', { FORCE_COLOR: 'false' }, true, false],
])('%s', (_, environment, isTerminal, colored) => {
  expect(choosePalette(environment, isTerminal) !== PLAIN).toBe(colored);
});

test('every color ends where its text ends', () => {
  for (const paint of Object.values(choosePalette({ FORCE_COLOR: '1' }, false))) {
    expect(paint('x')).toMatch(/^\u001b\[\d+mx\u001b\[(22|39)m$/);
  }
});

test.each<[{ columns?: number }, Record<string, string>, number]>([
  [{ columns: 100 }, { COLUMNS: '50' }, 100],
  [{}, { COLUMNS: '90' }, 90],
  [{ columns: 0 }, { COLUMNS: '90' }, 90],
  [{}, { COLUMNS: 'x' }, 120],
  [{}, {}, 120],
  [{ columns: 10 }, {}, 40],
  [{ columns: 1000 }, {}, 200],
])('of %j and %j the width is %d', (stream, environment, width) => {
  expect(terminalWidth(stream, environment)).toBe(width);
});
