import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileOperations } from '../../src/adapters/stores/directory/file-operations.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import { collect } from '../contract/surface-store-suite.ts';
import { missingFrom, numberedRun, saveRun } from '../support/numbered-runs.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFolder = temporaryFolder();
let disk: string;

/** A small disk of the test's own; mounting it needs root. */
function mount(options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]);
}

beforeEach(() => {
  disk = newFolder('disk');
  mkdirSync(disk);
});

afterEach(() => {
  execFileSync('umount', [disk]);
});

const open = () => openDirectoryStore(join(disk, 'store'), { operations: nodeFileOperations });

/** Saves runs until one fails; gives the number of those that were saved, and the fault. */
async function saveUntilFull(): Promise<{ saved: number; fault: unknown }> {
  for (let number = 0; number < 10_000; number++) {
    try {
      await saveRun(open(), numberedRun(number));
    } catch (fault) {
      return { saved: number, fault };
    }
  }
  throw new Error('the disk did not fill up');
}

describe('a store on a disk that fills up', () => {
  it.each([
    ['of bytes', 'size=1m'],
    ['of inodes', 'size=100m,nr_inodes=600'],
  ])('for want %s says so, tears nothing and loses nothing', async (_, options) => {
    mount(options);
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(64 * 1024));
    const { saved, fault } = await saveUntilFull();
    expect(saved).toBeGreaterThan(3);
    expect(fault).toMatchObject({
      code: 'store-unwritable',
      message: expect.stringContaining('ENOSPC'),
      hint: expect.stringContaining('disk is full'),
    });
    expect(await collect(verifyStore(open()))).toEqual([]);
    for (let number = 0; number < saved; number++) {
      expect(await missingFrom(open(), numberedRun(number))).toEqual([]);
    }
    if (!options.includes('inodes')) rmSync(ballast);
    else execFileSync('mount', ['-o', 'remount,nr_inodes=5000', disk]);
    await saveRun(open(), numberedRun(saved));
    expect(await missingFrom(open(), numberedRun(saved))).toEqual([]);
    expect(await collect(verifyStore(open()))).toEqual([]);
  });
});

it('a store on a read-only disk can be read, and says why it cannot be written', async () => {
  mount('size=10m');
  await saveRun(open(), numberedRun(0));
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  expect(await missingFrom(open(), numberedRun(0))).toEqual([]);
  expect(await collect(verifyStore(open()))).toEqual([]);
  await expect(saveRun(open(), numberedRun(1))).rejects.toMatchObject({
    code: 'store-unwritable',
    hint: expect.stringContaining('read-only'),
  });
});

describe('a kit on a disk that is full', () => {
  it.each(['kit.tar', 'kit.tar.zst', 'kit'])(
    'is not written as %s, which says so and leaves nothing of it',
    async (name) => {
      mount('size=64k');
      const store = newFolder('store');
      const source = openDirectoryStore(store);
      for (let number = 0; number < 120; number++) await saveRun(source, numberedRun(number));
      const path = join(disk, name);
      const outcome = await runVarve(['kit', 'export', path, '--cas-root', store, '--tenant', 'acme']);
      expect(outcome).toMatchObject({ status: 4, stderr: expect.stringContaining('the disk is full') });
      if (name !== 'kit') expect(readdirSync(disk)).toEqual([]);
      else expect(await runVarve(['verify', path])).toMatchObject({ status: 2 });
    },
  );
});
