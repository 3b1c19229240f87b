import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, isAbsent } from '../filesystem/file-fault.ts';

/** Milliseconds after which the process that has a lock is taken for dead, and how often a living one gives a sign. */
const STALE_AFTER = 10_000;
const SIGN_OF_LIFE = 2000;
const RETRY_AFTER = 10;

/**
 * Acts while no other process does that takes the same lock. One that seems dead loses it, and may then act at the same
 * time: what is done under a lock must do no harm if it is done twice.
 * @param path of a file in a folder that exists.
 */
export async function withLock<T>(path: string, act: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  await take(path, token);
  const signs = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, SIGN_OF_LIFE);
  signs.unref();
  try {
    return await act();
  } finally {
    clearInterval(signs);
    if ((await readFile(path, 'utf8').catch(() => '')) === token) await rm(path, { force: true });
  }
}

async function take(path: string, token: string): Promise<void> {
  for (;;) {
    try {
      await writeFile(path, token, { flag: 'wx' });
      return;
    } catch (fault) {
      if (errnoOf(fault) !== 'EEXIST') throw fault;
    }
    if (await isStale(path)) await clear(path);
    else await sleep(RETRY_AFTER * (1 + Math.random()));
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    return Math.abs(Date.now() - (await stat(path)).mtimeMs) > STALE_AFTER;
  } catch (fault) {
    if (isAbsent(fault)) return false;
    throw fault;
  }
}

/** Only one of those who find it stale moves it away. */
async function clear(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
