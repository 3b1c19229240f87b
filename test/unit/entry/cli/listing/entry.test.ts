import { describe, expect, test } from 'vitest';
import type { EntryType } from '../../../../../src/core/layer/layer-entry.ts';
import { PLAIN } from '../../../../../src/core/report/text/palette.ts';
import {
  formatMode,
  formatTime,
  type ListedEntry,
  listingLine,
} from '../../../../../src/entry/cli/listing/entry.ts';

const line = (entry: Partial<ListedEntry>, width = 120): string =>
  listingLine(
    { path: 'a', type: 'file', mode: '0644', uid: 0, gid: 0, size: 0, mtime: 1_700_000_000, ...entry },
    { width, palette: PLAIN },
  );

test.each<[EntryType, string, string]>([
  ['file', '0644', '-rw-r--r--'],
  ['dir', '1777', 'drwxrwxrwt'],
  ['dir', '1776', 'drwxrwxrwT'],
  ['symlink', '0777', 'lrwxrwxrwx'],
  ['file', '4755', '-rwsr-xr-x'],
  ['file', '4644', '-rwSr--r--'],
  ['file', '2755', '-rwxr-sr-x'],
  ['char', '0000', 'c---------'],
  ['hardlink', '0600', 'hrw-------'],
  ['whiteout', '0000', 'w---------'],
])('%s %s reads %s', (type, mode, text) => {
  expect(formatMode(type, mode)).toBe(text);
});

test.each([
  [0, '1970-01-01 00:00:00'],
  [253_402_300_799, '9999-12-31 23:59:59'],
  [253_402_300_800, '@253402300800'],
  [-1, '@-1'],
  [Number.MAX_SAFE_INTEGER, '@9007199254740991'],
])('second %d reads %s', (seconds, text) => {
  expect(formatTime(seconds)).toBe(text);
});

describe('a line', () => {
  test('of a layer', () => {
    expect(line({ path: 'etc/passwd', size: 1234, uid: 1000, gid: 50 })).toBe(
      '-rw-r--r--    1000:50         1234  2023-11-14 22:13:20  etc/passwd',
    );
  });

  test('of a merged filesystem has the layer and the number of names', () => {
    expect(line({ layer: 4, links: 2 })).toBe(
      '  4  -rw-r--r--   2        0:0            0  2023-11-14 22:13:20  a',
    );
  });

  test('leaves out times, and then owners and names, for a narrow terminal', () => {
    const merged = { path: 'etc/passwd', size: 1234, layer: 4 };
    expect(line(merged, 60)).toBe('  4  -rw-r--r--   1        0:0         1234  etc/passwd');
    expect(line(merged, 40)).toBe('  4  -rw-r--r--       1234  etc/passwd');
  });

  test('tells bytes of files alone', () => {
    expect(line({ type: 'dir', mode: '0755' })).toMatch(/^drwxr-xr-x {8}0:0 {15}2023/);
  });

  test('shows where links lead', () => {
    expect(line({ type: 'symlink', linkTarget: '../b' })).toMatch(/ {2}a -> \.\.\/b$/);
    expect(line({ type: 'hardlink', linkTarget: 'b' })).toMatch(/ {2}a link to b$/);
  });

  test('shows the numbers of a device in place of its size', () => {
    expect(line({ type: 'char', device: { major: 1, minor: 3 } })).toContain('  1, 3  ');
  });

  test('takes every meaning from names', () => {
    expect(line({ path: 'a\n::error::\u001b[31m', type: 'symlink', linkTarget: 'b\u202e##[group]' })).toMatch(
      /a\\n::error::\\x1b\[31m -> b\\u\{202e\}#\\x23\[group\]$/,
    );
  });
});
