import { expect, test } from 'vitest';
import { parseWhiteout } from '../../../../src/core/layer/whiteout.ts';

const whiteout = (target: string) => ({ kind: 'whiteout', target });
const opaque = (target: string) => ({ kind: 'opaque', target });

test.each([
  ['.wh.a', whiteout('a')],
  ['d/.wh.a', whiteout('d/a')],
  ['d/.wh..a', whiteout('d/.a')],
  ['d/.wh....', whiteout('d/...')],
  ['.wh..wh..opq', opaque('.')],
  ['d/.wh..wh..opq', opaque('d')],
  // Only the exact name is the marker: this hides a file.
  ['d/.wh..wh..opqX', whiteout('d/.wh..opqX')],
  ['d/.wh..wh.plnk', whiteout('d/.wh.plnk')],
  ['.wh.', { kind: 'bad' }],
  ['.wh..', { kind: 'bad' }],
  ['.wh...', { kind: 'bad' }],
  ['etc/.wh.', { kind: 'bad' }],
  ['etc/.wh..', { kind: 'bad' }],
  ['etc/.wh...', { kind: 'bad' }],
  ['.wh..wh.plnk', { kind: 'aufs' }],
  ['.wh..wh.plnk/12.34', { kind: 'aufs' }],
  ['.wh..wh.aufs', { kind: 'aufs' }],
  ['.wh..wh..opqX', { kind: 'aufs' }],
  // Names that only look like it.
  ['usr/bin/which', null],
  ['wheel/a.whl', null],
  ['a.wh.b', null],
  ['d/.wh.dir/file', null],
  ['.wh', null],
  ['.', null],
])('%j', (path, expected) => {
  expect(parseWhiteout(path)).toEqual(expected);
});
