import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from '../../../src/base/make-directory.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const newPath = temporaryFolder();

test('a folder is made with those above it, and the first that was missing is told', async () => {
  const path = newPath('a/b/c');
  expect(await makeDirectory(path)).toBe(dirname(dirname(path)));
  expect(existsSync(path)).toBe(true);
  expect(await makeDirectory(path)).toBe(undefined);
  expect(await makeDirectory(join(path, 'd'))).toBe(join(path, 'd'));
});

test('several at once make the same folder', async () => {
  const path = newPath('a/b/c/d');
  await Promise.all(Array.from({ length: 20 }, () => makeDirectory(path)));
  expect(existsSync(path)).toBe(true);
});

test('a file in its place is an error', async () => {
  const path = newPath('file');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  await expect(makeDirectory(path)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDirectory(join(path, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('where no folder can be it ends with an error', async () => {
  await expect(makeDirectory('/proc/nowhere/at/all')).rejects.toMatchObject({ code: 'ENOENT' });
});
