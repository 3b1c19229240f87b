import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { DIST, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { debianImage } from './support/debian-image.ts';
import { run } from './support/program.ts';

const newPath = temporaryFolder();
const FIXTURES = join(import.meta.dirname, '../../__fixtures__');

/** Different images, some of which have layers in common. */
const IMAGES = [
  'oci:app-v1',
  'oci:app-v1-rebuilt',
  'oci:app-v2',
  'oci:forms/gzip',
  'oci:forms/zstd',
  'docker-archive:forms/engine-28-classic.tar:forms:2',
  'oci:buildkit:v2',
  'oci:estargz',
].map((reference) => reference.replace(':', `:${FIXTURES}/`));

/** What is said where the run before was of the image with tables of contents, or of another one. */
const OF_ESTARGZ = /^varve: .* not compared as a whole: .*\(`engine-annotation`\)\n/gm;

/** One run of the command line, at work. */
class Run {
  readonly #child: ChildProcess;
  readonly #outcome: Promise<{ status: number | null; stdout: string; stderr: string }>;

  constructor(image: string, store: string) {
    const args = ['snapshot', image, '--name', 'shop', '--format', 'json', '--baseline', `dir:${store}`];
    this.#child = spawn(process.execPath, [join(DIST, 'cli.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the run has no output');
    this.#outcome = Promise.all([text(stdout), text(stderr), once(this.#child, 'close')]).then(
      ([stdout, stderr, [status]]) => ({ status, stdout, stderr }),
    );
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** What the run acknowledged; null when it was killed before. */
  async pointer(): Promise<Pointer | null> {
    const { status, stdout, stderr } = await this.#outcome;
    if (status === null) return stdout.endsWith('\n') ? JSON.parse(stdout) : null;
    expect([status, stderr.replaceAll(OF_ESTARGZ, '')]).toEqual([0, '']);
    return JSON.parse(stdout);
  }
}

async function history(store: string): Promise<HistoryEntry[]> {
  return JSON.parse(await varve(store, 'history', 'shop', '--format', 'json'));
}

/** Runs a command that must succeed without a word on stderr. */
async function varve(store: string, ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runVarve([...args, '--cas-root', store]);
  expect([args, status, stderr]).toEqual([args, 0, '']);
  return stdout;
}

/** Holds a store against all that it acknowledged. */
async function expectWhole(store: string, acknowledged: readonly Pointer[]): Promise<void> {
  if (acknowledged.length === 0) {
    // What was stopped early may have stored nothing at all.
    const { status, stdout, stderr } = await runVarve(['surface', 'verify', '--cas-root', store]);
    if (status !== 0) expect([status, stderr]).toEqual([2, expect.stringContaining('holds nothing')]);
    else expect(stdout).toContain('nothing is damaged');
    return;
  }
  expect(JSON.parse(await varve(store, 'surface', 'verify', '--format', 'json'))).toEqual([]);
  const scans = (await history(store)).map(({ scanId }) => scanId);
  expect(scans).toEqual(expect.arrayContaining(acknowledged.map(({ run }) => run.scanId)));
  expect(new Set(scans).size).toBe(scans.length);
}

/** Tells whether a process has a file open now whose path has a certain part. */
function opens(pid: number | undefined, part: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((name) => {
    try {
      return readlinkSync(join(folder, name)).includes(part);
    } catch {
      // It was closed in the meantime.
      return false;
    }
  });
}

const present = <T>(values: readonly (T | null)[]): T[] => values.filter((value) => value !== null);

describe('processes that snapshot into one store', () => {
  it('eight at once, twice, lose nothing and find what each finds alone', async () => {
    const store = newPath('shared');
    const pointers: Pointer[] = [];
    for (let round = 0; round < 2; round++) {
      const runs = IMAGES.map((image) => new Run(image, store));
      pointers.push(...present(await Promise.all(runs.map((run) => run.pointer()))));
    }
    expect(pointers).toHaveLength(2 * IMAGES.length);
    await expectWhole(store, pointers);
    expect(await history(store)).toHaveLength(2 * IMAGES.length);
    for (const [index, image] of IMAGES.entries()) {
      const alone = await new Run(image, newPath('alone')).pointer();
      for (const pointer of [pointers[index], pointers[index + IMAGES.length]]) {
        expect(pointer?.snapshotDigest).toBe(alone?.snapshotDigest);
        expect(pointer?.manifestDigest).toBe(alone?.manifestDigest);
      }
      expect(pointers[index + IMAGES.length]?.layers.read).toBe(0);
    }
  });

  it('interrupted, ends with 130 and leaves nothing torn', async () => {
    const store = newPath('interrupted');
    const args = ['snapshot', `oci:${await debianImage()}`, '--name', 'shop', '--cas-root', store];
    const child = spawn(process.execPath, [join(DIST, 'cli.js'), ...args], { stdio: 'ignore' });
    const ended = once(child, 'close');
    while (!opens(child.pid, '/blobs/')) await sleep(5);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    await expectWhole(store, []);
  });

  it('killed at any moment, four at once, lose nothing that they acknowledged', async () => {
    const store = newPath('killed');
    const began = Date.now();
    const acknowledged = present([await new Run(IMAGES[0] as string, store).pointer()]);
    const duration = Date.now() - began;
    let killed = 0;
    for (let round = 0; round < 10; round++) {
      const runs = [0, 1, 2, 3].map(
        (index) => new Run(IMAGES[(round + 2 * index) % IMAGES.length] as string, store),
      );
      // Later in each round, and beyond the end of a run in the last ones.
      await sleep((duration * (round + 1)) / 5);
      for (const run of runs) run.kill();
      const pointers = await Promise.all(runs.map((run) => run.pointer()));
      killed += pointers.filter((pointer) => pointer === null).length;
      acknowledged.push(...present(pointers));
      await expectWhole(store, acknowledged);
    }
    expect(killed).toBeGreaterThan(0);
    acknowledged.push(...present(await Promise.all(IMAGES.map((image) => new Run(image, store).pointer()))));
    await expectWhole(store, acknowledged);
  });
});

it('a store on a disk that is full says so, keeps what it has, and goes on when there is room', async () => {
  const disk = newPath('disk');
  mkdirSync(disk);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  const store = join(disk, 'store');
  try {
    const acknowledged: Pointer[] = [];
    let refusals = 0;
    for (let size = 64; size <= 768; size += 44) {
      await run('mount', ['-o', `remount,size=${size}k`, disk]);
      const image = IMAGES[(size / 4) % 3] as string;
      const args = ['snapshot', image, '--name', 'shop', '--format', 'json', '--cas-root', store];
      const { status, stdout, stderr } = await runVarve(args);
      if (status === 0) {
        acknowledged.push(JSON.parse(stdout));
      } else {
        const words = /^varve: store-unwritable: .*\n.*ENOSPC.*\n {2}hint: the disk is full.*\n$/;
        expect([size, status, stdout, stderr]).toEqual([size, 4, '', expect.stringMatching(words)]);
        refusals++;
      }
      await expectWhole(store, acknowledged);
    }
    expect(refusals).toBeGreaterThan(3);
    expect(acknowledged.length).toBeGreaterThan(3);
  } finally {
    await run('umount', [disk]);
  }
});
