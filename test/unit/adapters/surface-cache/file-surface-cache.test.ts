import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FileSurfaceCache } from '../../../../src/adapters/surface-cache/file-surface-cache.ts';
import { withLock } from '../../../../src/adapters/surface-cache/key-lock.ts';
import { formatCacheKey } from '../../../../src/core/surface/cache-key.ts';
import { bytesNamed, keyNamed } from '../../../support/cache-user.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newFolder = temporaryFolder();
const USER = join(import.meta.dirname, '../../../support/cache-user.ts');
const LARGE = { quota: 1e9, lowWater: 8e8 };

const open = (root: string, quota = LARGE.quota, lowWater = quota / 2) =>
  new FileSurfaceCache(root, { quota, lowWater });
const pathOf = (root: string, name: string) => join(root, 'entries', formatCacheKey(keyNamed(name)));
const has = async (cache: FileSurfaceCache, name: string) => (await cache.get(keyNamed(name))) !== null;

/** Puts entries, each a second older than the next. */
async function fill(root: string, names: readonly string[]): Promise<void> {
  const cache = open(root);
  for (const [at, name] of names.entries()) {
    await cache.put(keyNamed(name), bytesNamed(name));
    const time = Date.now() / 1000 - names.length + at;
    utimesSync(pathOf(root, name), time, time);
  }
}

describe('a cache in a folder', () => {
  it('gives what was put, counts hits and misses, and forgets', async () => {
    const root = newFolder('cache');
    const cache = open(root);
    expect(await cache.get(keyNamed('a'))).toBeNull();
    expect(await cache.put(keyNamed('a'), bytesNamed('a'))).toBe(true);
    await cache.put(keyNamed('empty'), new Uint8Array(0));
    expect(await open(root).get(keyNamed('a'))).toEqual(bytesNamed('a'));
    expect(await cache.get(keyNamed('empty'))).toHaveLength(0);
    await cache.put(keyNamed('a'), bytesNamed('other'));
    expect(await cache.get(keyNamed('a'))).toEqual(bytesNamed('other'));
    expect(cache.counts).toEqual({ hits: 2, misses: 1 });
    await cache.remove(keyNamed('a'));
    await cache.remove(keyNamed('a'));
    expect(await cache.get(keyNamed('a'))).toBeNull();
    expect(await cache.get({ ...keyNamed('empty'), tenant: 'other' })).toBeNull();
    expect(cache.counts).toEqual({ hits: 2, misses: 3 });
  });

  it.each<[string, (path: string) => void]>([
    ['flipped', (path) => writeFileSync(path, readFileSync(path).fill('x', 90, 91))],
    ['cut short', (path) => writeFileSync(path, readFileSync(path).subarray(0, -1))],
    ['emptied', (path) => writeFileSync(path, '')],
    ['replaced by bytes alone', (path) => writeFileSync(path, bytesNamed('a'))],
  ])('takes an entry that was %s for absent, and puts it again', async (_, damage) => {
    const root = newFolder('cache');
    const cache = open(root);
    await cache.put(keyNamed('a'), bytesNamed('a'));
    damage(pathOf(root, 'a'));
    expect(await cache.get(keyNamed('a'))).toBeNull();
    expect(await cache.getOrMake(keyNamed('a'), async () => bytesNamed('a'))).toEqual(bytesNamed('a'));
    expect(await cache.get(keyNamed('a'))).toEqual(bytesNamed('a'));
  });

  it('follows no link, and reads no file that is larger than all may be', async () => {
    const root = newFolder('cache');
    const secret = newFolder('secret');
    writeFileSync(secret, bytesNamed('secret'));
    mkdirSync(dirname(pathOf(root, 'a')), { recursive: true });
    symlinkSync(secret, pathOf(root, 'a'));
    writeFileSync(pathOf(root, 'b'), Buffer.alloc(5000));
    const cache = open(root, 4000);
    expect(await cache.get(keyNamed('a'))).toBeNull();
    expect(await cache.get(keyNamed('b'))).toBeNull();
    expect(readFileSync(secret)).toEqual(bytesNamed('secret'));
  });

  it.each(['../x', 'a/b', '', 'UPPER'])('takes %j for no namespace, tenant or hash', async (part) => {
    const cache = open(newFolder('cache'));
    for (const wrong of [{ namespace: part }, { tenant: part }, { sha256: part }]) {
      await expect(cache.get({ ...keyNamed('a'), ...wrong })).rejects.toMatchObject({ kind: 'usage' });
      await expect(cache.put({ ...keyNamed('a'), ...wrong }, bytesNamed('a'))).rejects.toMatchObject({
        kind: 'usage',
      });
    }
  });

  it('says which folder cannot be written, and throws what making throws', async () => {
    const file = newFolder('file');
    writeFileSync(file, '');
    await expect(open(join(file, 'cache')).put(keyNamed('a'), bytesNamed('a'))).rejects.toMatchObject({
      code: 'store-unwritable',
      object: join(file, 'cache'),
    });
    const fail = async () => {
      throw new RangeError('no bytes today');
    };
    const cache = open(newFolder('cache'));
    await expect(cache.getOrMake(keyNamed('a'), fail)).rejects.toThrow(RangeError);
    expect(await cache.getOrMake(keyNamed('a'), async () => null)).toBeNull();
    expect(await has(cache, 'a')).toBe(false);
  });
});

describe('the quota of a cache', () => {
  const size = 72 + 9 + bytesNamed('a').length;

  it('lets the oldest go first, down to the low-water mark', async () => {
    const root = newFolder('cache');
    await fill(root, ['a', 'b', 'c', 'd', 'e']);
    const cache = open(root, 5 * size, 3 * size);
    expect(await cache.evict()).toBeLessThanOrEqual(5 * size);
    expect(await has(cache, 'a')).toBe(true);
    await cache.put(keyNamed('f'), bytesNamed('f'));
    const left = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => has(cache, name)));
    expect(left).toEqual([false, false, false, true, true, true]);
    expect(await cache.evict()).toBeLessThanOrEqual(3 * size);
  });

  it('keeps what is pinned, also by another process, until that lets go', async () => {
    const root = newFolder('cache');
    await fill(root, ['a', 'b', 'c', 'd']);
    const pin = await open(root).pin(keyNamed('a'));
    const cache = open(root, 3 * size, 2 * size);
    await cache.evict();
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((name) => has(cache, name)))).toEqual([
      ...[true, false, false, true],
    ]);
    await pin[Symbol.asyncDispose]();
    await fill(root, ['e', 'f']);
    await cache.evict();
    expect(await has(cache, 'a')).toBe(false);
  });

  it('takes a pin for nothing whose process shows no sign of life', async () => {
    const root = newFolder('cache');
    await fill(root, ['a', 'b', 'c']);
    await using _ = await open(root).pin(keyNamed('a'));
    const before = Date.now() / 1000 - 600;
    const pins = join(root, 'pins');
    for (const name of readdirSync(pins)) utimesSync(join(pins, name), before, before);
    const cache = open(root, 2 * size, size);
    await cache.evict();
    expect(await has(cache, 'a')).toBe(false);
  });

  it('keeps nothing that is larger than all may be', async () => {
    const cache = open(newFolder('cache'), 100);
    expect(await cache.put(keyNamed('a'), bytesNamed('a'))).toBe(false);
    expect(await cache.getOrMake(keyNamed('a'), async () => bytesNamed('a'))).toEqual(bytesNamed('a'));
    expect(await has(cache, 'a')).toBe(false);
  });
});

describe('processes that share a cache', () => {
  const start = (root: string, quota: number, keys: number) => {
    const child = spawn(process.execPath, [USER, root, `${quota}`, `${keys}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return { child, said: text(child.stdout), ended: once(child, 'close') };
  };

  it('make each entry once', async () => {
    const root = newFolder('shared');
    const users = Array.from({ length: 6 }, () => start(root, 1e9, 30));
    for (const { ended } of users) expect(await ended).toEqual([0, null]);
    const made = (await Promise.all(users.map(({ said }) => said))).join('').trim().split('\n');
    expect(made.sort()).toEqual(Array.from({ length: 30 }, (_, key) => `entry ${key}`).sort());
  });

  it('tear nothing where they evict and are killed, and stay within the quota in the end', async () => {
    const root = newFolder('shared');
    const users = Array.from({ length: 6 }, () => start(root, 20_000, 40));
    await sleep(300);
    users[0]?.child.kill('SIGKILL');
    for (const { ended } of users.slice(1)) expect(await ended).toEqual([0, null]);
    expect(await open(root, 20_000).evict()).toBeLessThanOrEqual(20_000);
  }, 60_000);

  it('take a lock from one that seems dead', async () => {
    const folder = newFolder('locks');
    mkdirSync(folder);
    const path = join(folder, 'lock');
    writeFileSync(path, 'of the dead');
    const before = Date.now() / 1000 - 60;
    utimesSync(path, before, before);
    expect(await withLock(path, async () => 'done')).toBe('done');
    let inside = 0;
    const enter = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(2);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => withLock(path, enter)));
  });
});
