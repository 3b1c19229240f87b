import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escapesRoot,
  normalizePath,
  parentOf,
  pathBytes,
  pathName,
} from '../../../../src/core/layer/entry-path.ts';

describe('the path that a name stands for', () => {
  test.each([
    ['etc/passwd', 'etc/passwd'],
    ['./etc/passwd', 'etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['//etc///passwd//', 'etc/passwd'],
    ['etc/', 'etc'],
    ['./', '.'],
    ['.', '.'],
    ['/', '.'],
    ['', '.'],
    ['././.', '.'],
    ['a/./b/../c', 'a/c'],
    ['a/..', '.'],
    ['../../x', 'x'],
    ['/../x', 'x'],
    ['a/../../../b', 'b'],
    ['..', '.'],
    ['..a/...b/c..', '..a/...b/c..'],
    ['.hidden/..', '.'],
    ['...', '...'],
    ['./.', '.'],
    ['back\\slash', 'back\\slash'],
    ['a\xff/b', 'a\xff/b'],
  ])('%j is %j', (name, path) => {
    expect(normalizePath(name)).toBe(path);
  });

  test('is what a POSIX path library makes of it, rooted', () => {
    const part = fc.constantFrom('', '.', '..', 'a', '.b', 'c.', '..d', '...');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const name = parts.join('/');
        const path = normalizePath(name);
        expect(path).toBe(posix.resolve('/', name).slice(1) || '.');
        expect(normalizePath(path)).toBe(path);
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([
  ['../x', true],
  ['/../x', true],
  ['a/../../x', true],
  ['..', true],
  ['a/..', false],
  ['a/../b', false],
  ['..a/b', false],
  ['a..', false],
])('whether %j climbs out of the root: %s', (name, escapes) => {
  expect(escapesRoot(name)).toBe(escapes);
});

test('the directory that a path stands in', () => {
  expect(['a/b/c', 'a', '.'].map(parentOf)).toEqual(['a/b', '.', null]);
});

test('bytes are named as inventories do, and found again', () => {
  expect(pathName('a\xffb')).toEqual({ path: 'a\\xffb', pathBase64: 'Yf9i' });
  expect(pathName('\xc3\xa4')).toEqual({ path: 'ä' });
  for (const bytes of ['a\xffb', '\xc3\xa4', 'plain', 'a\\xffb'])
    expect(pathBytes(pathName(bytes))).toBe(bytes);
});
