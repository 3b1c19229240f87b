import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileOperations } from '../../src/adapters/stores/directory/file-operations.ts';
import type { ItemKey } from '../../src/core/surface/item.ts';
import { readPayload } from '../../src/core/surface/read-payload.ts';
import { isExpired } from '../../src/core/surface/retention.ts';
import type { SurfaceStore } from '../../src/core/surface/surface-store.ts';
import { unsyncedOperations, watchedOperations } from '../support/faulty-operations.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { racedItem } from '../support/store-racer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { collect } from './surface-store-suite.ts';

const newFolder = temporaryFolder();
const RACER = join(import.meta.dirname, '../support/store-racer.ts');

/** Operations that each wait until a schedule lets them go. */
function scheduledOperations(scheduler: fc.Scheduler): FileOperations {
  const node = unsyncedOperations;
  const turn = async <T>(act: () => Promise<T>): Promise<T> => {
    await scheduler.schedule(Promise.resolve());
    return act();
  };
  return {
    makeDirectory: (path) => turn(() => node.makeDirectory(path)),
    writeNew: (path, bytes, sync) => turn(() => node.writeNew(path, bytes, sync)),
    link: (from, to) => turn(() => node.link(from, to)),
    rename: (from, to) => turn(() => node.rename(from, to)),
    remove: (path) => turn(() => node.remove(path)),
    removeEmpty: (path) => turn(() => node.removeEmpty(path)),
    syncDirectory: (path) => turn(() => node.syncDirectory(path)),
  };
}

const isThere = async (surface: SurfaceStore, key: ItemKey) => (await readPayload(surface, key)) !== null;

describe('deleting what has expired, in any order with', () => {
  const [old, kept] = [racedItem(0, false), racedItem(0, true)];
  const other = racedItem(1, true);
  const { key } = old;

  /** What one process does, and whether the item must be there from then on. */
  const ACTORS: Readonly<Record<string, (surface: SurfaceStore) => Promise<boolean>>> = {
    collect: async (surface) => {
      await surface.delete([key], (manifest) => isExpired(manifest, Date.now()));
      return false;
    },
    put: async (surface) => {
      await surface.put([kept]);
      return true;
    },
    putWithOthers: async (surface) => {
      await surface.put([other, kept]);
      return true;
    },
    putExpired: async (surface) => {
      await surface.put([old]);
      return false;
    },
    renew: async (surface) => (await surface.renew([key], () => kept.expiresAt)).length === 0,
  };

  it('puts and renewals, loses nothing that was acknowledged', async () => {
    let kept = 0;
    let deleted = 0;
    const actors = fc.array(fc.constantFrom(...Object.keys(ACTORS)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actors, fc.boolean(), async (scheduler, names, isThereBefore) => {
        const root = newFolder('schedule');
        if (isThereBefore) await openDirectoryStore(root).surface.put([old]);
        const acknowledged: boolean[] = [];
        const run = async (name: string) => {
          const { surface } = openDirectoryStore(root, { operations: scheduledOperations(scheduler) });
          if (!(await ACTORS[name]?.(surface))) return;
          acknowledged.push(await isThere(surface, key));
        };
        await scheduler.waitFor(Promise.all(['collect', ...names].map(run)));
        expect(acknowledged).not.toContain(false);
        const { surface } = openDirectoryStore(root);
        const isLeft = await isThere(surface, key);
        if (acknowledged.length > 0) expect(isLeft).toBe(true);
        if (isLeft) kept += 1;
        else deleted += 1;
        expect(await collect(surface.verify())).toEqual([]);
        expect(await collect(surface.listOrphans('acme'))).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(Math.min(kept, deleted)).toBeGreaterThan(10);
  });
});

describe('deleting what has expired, standing still at any step', () => {
  const [old, kept] = [racedItem(0, false), racedItem(0, true)];
  const { key } = old;

  /** A deletion that stops before one of its steps until it is let go; null where it has fewer. */
  async function stopDeletion(root: string, at: number) {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<'reached'>();
    const operations = watchedOperations(async (_operation, _path, step) => {
      if (step !== at) return;
      reached.resolve('reached');
      await gate.promise;
    });
    const { surface } = openDirectoryStore(root, { operations });
    const done = surface.delete([key], (manifest) => isExpired(manifest, Date.now()));
    const isStopped = (await Promise.race([done, reached.promise])) === 'reached';
    return isStopped ? { go: () => gate.resolve(), done } : null;
  }

  it.each<[string, (surface: SurfaceStore) => Promise<boolean>]>([
    ['a put', async (surface) => surface.put([kept]).then(() => true)],
    ['a renewal', async (surface) => (await surface.renew([key], () => kept.expiresAt)).length === 0],
  ])('takes away nothing that %s acknowledges meanwhile', async (_, act) => {
    let step = 0;
    for (; ; step++) {
      const root = newFolder('stopped');
      await openDirectoryStore(root).surface.put([old]);
      const deletion = await stopDeletion(root, step);
      if (deletion === null) break;
      const { surface } = openDirectoryStore(root);
      const acknowledged = act(surface);
      // Where it must wait for the deletion, it does so for longer than this.
      await Promise.race([acknowledged, sleep(60)]);
      deletion.go();
      await deletion.done;
      expect([step, (await acknowledged) ? await isThere(surface, key) : true]).toEqual([step, true]);
      expect(await collect(surface.verify())).toEqual([]);
    }
    expect(step).toBeGreaterThan(15);
  });
});

describe('eight processes on one root', () => {
  it('that put and delete lose nothing that was acknowledged, and leave nothing behind', async () => {
    const root = newFolder('race');
    const start = (role: string, rounds: number) => {
      const child = spawn(process.execPath, [RACER, root, role, `${rounds}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return { child, said: text(child.stdout), ended: once(child, 'close') };
    };
    const ROUNDS = 40;
    const writers = Array.from({ length: 5 }, () => start('put', ROUNDS));
    const collectors = Array.from({ length: 3 }, () => start('collect', 0));
    for (const { said, ended } of writers) {
      expect(await ended).toEqual([0, null]);
      expect((await said).trim().split('\n')).toHaveLength(ROUNDS);
    }
    for (const { child, ended } of collectors) {
      expect(child.exitCode).toBeNull();
      child.kill('SIGKILL');
      await ended;
    }
    const { surface } = openDirectoryStore(root);
    for (let round = 0; round < ROUNDS; round++)
      expect([round, await isThere(surface, racedItem(round, true).key)]).toEqual([round, true]);
    expect(await collect(surface.verify())).toEqual([]);
  });
});
