import { expect, it } from 'vitest';
import { VarveError } from '../../../src/base/errors.ts';
import { describeError } from '../../../src/entry/present-error.ts';

const said = '401D:error:0A00010B:SSL routines:f:wrong version number:../deps/a.c:77:\n';

it('a cause is told once, in few words', () => {
  const cause = new Error(said);
  const told = new VarveError('unreachable', 'registry.example: wrong version number', { cause });
  expect(describeError(told)).toEqual(['registry.example: wrong version number']);
  const untold = new VarveError('unreachable', 'no answer', { cause, hint: 'try again' });
  expect(describeError(untold)).toEqual(['no answer', 'cause: wrong version number', 'hint: try again']);
});

it('says what to do, in general where nothing better is known', () => {
  expect(describeError(new VarveError('malformed', 'index.json is not JSON'))).toEqual([
    'index.json is not JSON',
    'hint: it is damaged, or was written in another form: make or fetch it again',
  ]);
  expect(describeError(new VarveError('malformed', 'x', { hint: 'name another one' }))).toEqual([
    'x',
    'hint: name another one',
  ]);
  expect(describeError(new VarveError('bad-option', 'x is no y'))).toEqual(['x is no y']);
});

it('lets nothing through that a terminal would obey', () => {
  const hostile = new VarveError('malformed', 'a\x1b[2J', { hint: '\u202eb', cause: new Error('c\r') });
  expect(describeError(hostile)).toEqual(['a\\x1b[2J', 'cause: c\\r', 'hint: \\u{202e}b']);
});
