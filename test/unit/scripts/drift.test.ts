import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDrift, readTree } from '../../../scripts/drift.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const newFolder = temporaryFolder();

async function tree(files: Readonly<Record<string, string>>): Promise<Map<string, string>> {
  const folder = newFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return readTree(folder);
}

describe('drift', () => {
  it('is none where files are the same', async () => {
    const files = { 'cli.js': 'a', 'deep/chunk.js': 'b' };
    expect(findDrift(await tree(files), await tree(files))).toEqual([]);
  });

  it('is every file that differs, is missing or is left over', async () => {
    const fresh = await tree({ 'cli.js': 'new', 'same.js': 's', 'chunk-2.js': 'c' });
    const committed = await tree({ 'cli.js': 'old', 'same.js': 's', 'chunk-1.js': 'c' });
    expect(findDrift(fresh, committed)).toEqual([
      { path: 'chunk-1.js', problem: 'left over' },
      { path: 'chunk-2.js', problem: 'missing' },
      { path: 'cli.js', problem: 'differs' },
    ]);
  });

  it('is all of it where nothing was committed', async () => {
    const fresh = await tree({ 'cli.js': 'a' });
    expect(findDrift(fresh, await readTree('/nowhere'))).toEqual([{ path: 'cli.js', problem: 'missing' }]);
  });
});
