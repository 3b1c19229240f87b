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
