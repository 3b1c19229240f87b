import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FileOperations } from '../../src/adapters/stores/directory/file-operations.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import { SURFACE_ROOT } from '../../src/core/surface/paths.ts';
import { unsyncedOperations } from '../support/faulty-operations.ts';
import { missingFrom, numberedRun, saveRun } from '../support/numbered-runs.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { usesOf } from './layer-index-suite.ts';
import { collect } from './surface-store-suite.ts';

const newFolder = temporaryFolder();
const WRITER = join(import.meta.dirname, '../support/store-writer.ts');
const HOURS = 3600_000;

const open = (root: string, operations: FileOperations = unsyncedOperations) =>
  openDirectoryStore(root, { operations });
/** @param later milliseconds from now at which it is asked. */
const problems = (root: string, later = 0) =>
  collect(verifyStore(openDirectoryStore(root, { now: () => Date.now() + later })));

/** Lets some seconds go by for what a process left behind. */
function age(root: string): void {
  const staging = join(root, SURFACE_ROOT, 'staging');
  const before = Date.now() / 1000 - 60;
  for (const name of readdirSync(staging)) utimesSync(join(staging, name), before, before);
}

const forever = () => new Promise<never>(() => undefined);

/** Operations of a process that dies: at the given step, a file half written, and nothing happens any more. */
function dyingOperations(at: number, onDeath: () => void): FileOperations {
  const node = unsyncedOperations;
  let step = 0;
  let dead = false;
  const live = async <T>(act: () => Promise<T>, tear = async (): Promise<void> => undefined): Promise<T> => {
    if (!dead && step++ !== at) return act();
    if (!dead) await tear();
    dead = true;
    onDeath();
    return forever();
  };
  return {
    makeDirectory: (path) => live(() => node.makeDirectory(path)),
    writeNew: (path, bytes, sync) =>
      live(
        () => node.writeNew(path, bytes, sync),
        () => node.writeNew(path, bytes.subarray(0, bytes.length >> 1), sync),
      ),
    link: (from, to) => live(() => node.link(from, to)),
    rename: (from, to) => live(() => node.rename(from, to)),
    remove: (path) => live(() => node.remove(path)),
    removeEmpty: (path) => live(() => node.removeEmpty(path)),
    // Waits for the disk alone: dying there leaves what dying at the next step leaves.
    syncDirectory: () => (dead ? forever() : node.syncDirectory('')),
  };
}

describe('a process that dies at any step of a run', () => {
  it('leaves nothing torn, loses nothing that was there, and the next run mends all', async () => {
    const before = numberedRun(0);
    const run = numberedRun(40);
    let deaths = 0;
    for (let died = true; died; ) {
      const root = newFolder('crash');
      await saveRun(open(root), before);
      died = await new Promise<boolean>((resolve, reject) => {
        const operations = dyingOperations(deaths, () => resolve(true));
        saveRun(open(root, operations), run).then(() => resolve(false), reject);
      });
      if (died) deaths += 1;
      expect(await problems(root)).toEqual([]);
      expect(await missingFrom(open(root), before)).toEqual([]);
      age(root);
      await saveRun(open(root), run);
      expect(await missingFrom(open(root), run)).toEqual([]);
      expect(await usesOf(open(root), 'shared')).toEqual(['run 40', 'run 0']);
      expect(await problems(root, 2 * HOURS)).toEqual([]);
      rmSync(root, { recursive: true });
    }
    expect(deaths).toBeGreaterThan(30);
  });
});

/** Starts a process that saves runs; gives the numbers of those that it said were saved. */
function startWriter(root: string, first: number, count: number, killAt = -1) {
  const writer = spawn(process.execPath, [WRITER, root, `${first}`, `${count}`, `${killAt}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  writer.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const ended = once(writer, 'close');
  return {
    kill: () => writer.kill('SIGKILL'),
    said: () => output.split('\n').filter(Boolean).map(Number),
    ended: async () => (await ended) as [code: number | null, signal: string | null],
  };
}

describe('a real process that is killed', () => {
  it.each([0, 7, 20, 33])('by itself at step %i leaves nothing torn', async (step) => {
    const root = newFolder('killed');
    await saveRun(open(root), numberedRun(0));
    const writer = startWriter(root, 40, 1, step);
    expect(await writer.ended()).toEqual([null, 'SIGKILL']);
    expect(writer.said()).toEqual([]);
    expect(await problems(root)).toEqual([]);
    expect(await missingFrom(open(root), numberedRun(0))).toEqual([]);
  });

  it('at any moment has lost nothing that it said was saved', async () => {
    const root = newFolder('killed');
    const saved: number[] = [];
    for (let round = 0; round < 5; round++) {
      const writer = startWriter(root, round * 1000, 1000);
      while (writer.said().length === 0) await setTimeout(10);
      await setTimeout(37 * round);
      writer.kill();
      expect(await writer.ended()).toEqual([null, 'SIGKILL']);
      saved.push(...writer.said());
      expect(await problems(root)).toEqual([]);
    }
    for (const number of saved) expect(await missingFrom(open(root), numberedRun(number))).toEqual([]);
    expect(saved.length).toBeGreaterThanOrEqual(5);
  });
});

describe('eight processes that write one root at once', () => {
  it('lose nothing and tear nothing, while a ninth reads', async () => {
    const root = newFolder('race');
    const writers = Array.from({ length: 8 }, (_, index) => startWriter(root, 5 * index, 5));
    const done = Promise.all(writers.map((writer) => writer.ended()));
    const found: unknown[] = [];
    for (let running = true; running; ) {
      found.push(...(await problems(root)));
      running = await Promise.race([done.then(() => false), setTimeout(20, true)]);
    }
    expect(found).toEqual([]);
    expect(await done).toEqual(writers.map(() => [0, null]));
    const numbers = writers.flatMap((writer) => writer.said());
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, number) => number));
    expect(await problems(root, 2 * HOURS)).toEqual([]);
    const store = open(root);
    for (const number of numbers) expect(await missingFrom(store, numberedRun(number))).toEqual([]);
    expect(await collect(store.history.list({ tenant: 'acme', name: 'app' }))).toHaveLength(40);
    expect(await usesOf(store, 'shared')).toHaveLength(40);
    expect(await usesOf(store, 'own 17')).toEqual(['run 17']);
    const shared = numberedRun(0).items[0];
    const manifest = shared && (await store.surface.getManifest(shared.key));
    expect(manifest?.expiresAt).toBe(numberedRun(39).items[0]?.expiresAt);
  });
});
