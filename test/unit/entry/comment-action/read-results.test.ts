import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RESULT_FILE, readResults } from '../../../../src/entry/comment-action/read-results.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();

/** A folder with results, of no use, at these places. */
function folderWith(...places: readonly string[]): string {
  const folder = newPath('results');
  mkdirSync(folder);
  for (const place of places) {
    mkdirSync(dirname(join(folder, place)), { recursive: true });
    writeFileSync(join(folder, place), 'x');
  }
  return folder;
}

/** Each result that was found has a fault of its own here. */
async function found(...paths: readonly string[]): Promise<number> {
  const { results, faults } = await readResults(paths);
  expect(results).toEqual([]);
  expect(faults.every(({ code }) => code === 'malformed')).toBe(true);
  return faults.length;
}

const below = (depth: number): string => join(...Array.from({ length: depth }, () => 'd'), RESULT_FILE);

describe('results of earlier jobs', () => {
  it('are found in a folder and five levels below, and no deeper', async () => {
    expect(await found(folderWith(RESULT_FILE))).toBe(1);
    expect(await found(folderWith(below(5), below(6)))).toBe(1);
    await expect(readResults([folderWith(below(6))])).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(/ has no varve-result\.json within 5 levels of folders$/),
    });
  });

  it('are those of one name, or the file that is named', async () => {
    const folder = folderWith('a/varve-result.json', 'b/varve-result.json', 'c/other.json');
    expect(await found(folder)).toBe(2);
    expect(await found(join(folder, 'c/other.json'))).toBe(1);
    expect(await found(folder, join(folder, 'c/other.json'))).toBe(3);
  });

  it('are each read once, however often they are named', async () => {
    const folder = folderWith('a/varve-result.json');
    expect(await found(folder, folder, join(folder, 'a/varve-result.json'), `${folder}/a`)).toBe(1);
  });

  it('are reached by no link', async () => {
    const folder = folderWith('a/varve-result.json');
    const odd = folderWith();
    symlinkSync(join(folder, 'a'), join(odd, 'folder'));
    symlinkSync(join(folder, 'a/varve-result.json'), join(odd, RESULT_FILE));
    await expect(readResults([odd])).rejects.toMatchObject({ code: 'bad-option' });
    await expect(readResults([join(odd, 'folder')])).rejects.toMatchObject({ code: 'bad-option' });
  });

  it('are read where others cannot be', async () => {
    const folder = folderWith('a/varve-result.json');
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])]));
    const { faults } = await readResults([folder]);
    expect(faults).toMatchObject([
      { code: 'unreachable', message: expect.stringContaining('cannot read') },
      { code: 'malformed' },
    ]);
  });

  it('are at most 500', async () => {
    const folder = folderWith(...Array.from({ length: 501 }, (_, index) => `${index}/${RESULT_FILE}`));
    await expect(readResults([folder])).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
