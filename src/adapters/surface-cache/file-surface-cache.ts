import { hash, randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { type CacheKey, formatCacheKey } from '../../core/surface/cache-key.ts';
import type { SurfaceCache } from '../../core/surface/surface-cache.ts';
import { isAbsent, writeFault } from '../filesystem/file-fault.ts';
import { FileTree } from '../filesystem/file-tree.ts';
import { parseEntry, writtenEntry } from './cache-entry.ts';
import { withLock } from './key-lock.ts';

export interface FileSurfaceCacheOptions {
  /** Bytes that all entries may take. */
  readonly quota: number;
  /** Bytes that the oldest entries make room down to, once the quota is passed. */
  readonly lowWater: number;
}

/** How a cache was used by this process. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
}

const ENTRIES = 'entries';
const FOLDERS = [ENTRIES, 'staging', 'locks', 'pins'];
/** Milliseconds after which what other processes put is looked at again. */
const LOOK_AGAIN = 1000;
/** How often a pin shows that its process lives, and when it counts no more. */
const PIN_SIGN = 30_000;
const PIN_STALE = 120_000;
/** A temporary file that is older was left by a process that died. */
const ABANDONED = 3600_000;

interface FoundEntry {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly writtenAt: number;
}

/**
 * A cache in a folder, which any number of processes share. Entries are whole or not there, and name their own hash, so
 * that damage shows. Past the quota the oldest go first, down to the low-water mark; pinned ones stay.
 */
export class FileSurfaceCache implements SurfaceCache {
  readonly root: string;
  readonly #tree: FileTree;
  readonly #options: FileSurfaceCacheOptions;
  #hits = 0;
  #misses = 0;
  #size = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isMade = false;

  constructor(root: string, options: FileSurfaceCacheOptions) {
    this.#tree = new FileTree(root);
    this.root = this.#tree.root;
    this.#options = options;
  }

  get counts(): CacheCounts {
    return { hits: this.#hits, misses: this.#misses };
  }

  async get(key: CacheKey): Promise<Uint8Array | null> {
    const bytes = await this.#read(key);
    if (bytes === null) this.#misses += 1;
    else this.#hits += 1;
    return bytes;
  }

  async put(key: CacheKey, bytes: Uint8Array): Promise<boolean> {
    await this.#make();
    return this.#underLock(formatCacheKey(key), () => this.#write(key, bytes));
  }

  async getOrMake(key: CacheKey, make: () => Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    const found = await this.get(key);
    if (found !== null) return found;
    await this.#make();
    const faults: unknown[] = [];
    const bytes = await this.#underLock(formatCacheKey(key), async () => {
      // The process that had the lock before may have made it.
      const other = await this.#read(key);
      if (other !== null) return other;
      const made = await make().catch((fault: unknown) => {
        faults.push(fault);
        return null;
      });
      if (made !== null) await this.#write(key, made);
      return made;
    });
    if (faults.length > 0) throw faults[0];
    return bytes;
  }

  async remove(key: CacheKey): Promise<void> {
    await this.#guarded(() => rm(this.#pathOf(key), { force: true }));
  }

  /** Keeps an entry, and one that is put later, until what is returned is disposed of, or this process is gone. */
  async pin(key: CacheKey): Promise<AsyncDisposable> {
    await this.#make();
    const path = join(this.root, 'pins', `${nameOf(formatCacheKey(key))}.${randomUUID()}`);
    // While nobody evicts: who began before has not seen the pin.
    await this.#underLock('eviction', () => writeFile(path, '', { flag: 'wx' }));
    const signs = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, PIN_SIGN);
    signs.unref();
    return {
      [Symbol.asyncDispose]: async () => {
        clearInterval(signs);
        await this.#guarded(() => rm(path, { force: true }));
      },
    };
  }

  /**
   * Lets the oldest entries go if all take more than the quota.
   * @returns how many bytes all take then.
   */
  async evict(): Promise<number> {
    await this.#make();
    return this.#underLock('eviction', async () => {
      const entries = await this.#entries();
      let size = entries.reduce((sum, entry) => sum + entry.size, 0);
      if (size > this.#options.quota) {
        const pinned = await this.#pinned();
        const oldestFirst = entries.sort((a, b) => a.writtenAt - b.writtenAt || (a.name < b.name ? -1 : 1));
        for (const { path, name, size: bytes } of oldestFirst) {
          if (size <= this.#options.lowWater) break;
          if (pinned.has(nameOf(name))) continue;
          await rm(path, { force: true });
          size -= bytes;
        }
      }
      [this.#size, this.#lookedAt] = [size, performance.now()];
      return size;
    });
  }

  /** The bytes of an entry; null where there is none, or a damaged one, which is removed. */
  async #read(key: CacheKey): Promise<Uint8Array | null> {
    const path = `${ENTRIES}/${formatCacheKey(key)}`;
    try {
      const written = this.#tree.read(path, this.#options.quota);
      return written && parseEntry(written, path);
    } catch (fault) {
      if (!(fault instanceof VarveError) || fault.kind !== 'bytes') throw fault;
      await this.#guarded(() => rm(this.#pathOf(key), { force: true, recursive: true }));
      return null;
    }
  }

  async #write(key: CacheKey, bytes: Uint8Array): Promise<boolean> {
    const entry = writtenEntry(bytes);
    if (entry.length > this.#options.quota) return false;
    const temporary = join(this.root, 'staging', randomUUID());
    const path = this.#pathOf(key);
    await writeFile(temporary, entry, { flag: 'wx' });
    await makeDirectory(dirname(path));
    await rename(temporary, path);
    this.#size += entry.length;
    const isKnown = performance.now() - this.#lookedAt < LOOK_AGAIN;
    if (!isKnown || this.#size > this.#options.quota) await this.evict();
    return true;
  }

  #pathOf(key: CacheKey): string {
    return join(this.root, ENTRIES, formatCacheKey(key));
  }

  async #entries(): Promise<FoundEntry[]> {
    const found: FoundEntry[] = [];
    for (const name of await readdir(join(this.root, ENTRIES), { recursive: true })) {
      const path = join(this.root, ENTRIES, name);
      const facts = await stat(path).catch(ignoreAbsent);
      if (facts?.isFile()) found.push({ path, name, size: facts.size, writtenAt: facts.mtimeMs });
    }
    return found;
  }

  /** What is pinned by processes that live, by the hash of its key. */
  async #pinned(): Promise<ReadonlySet<string>> {
    const names = await this.#youngerThan('pins', PIN_STALE);
    return new Set(names.map((name) => name.split('.')[0] ?? ''));
  }

  /** The files in a folder that are not too old; the others are removed. */
  async #youngerThan(folder: string, age: number): Promise<string[]> {
    const young: string[] = [];
    for (const name of await readdir(join(this.root, folder))) {
      const path = join(this.root, folder, name);
      const facts = await stat(path).catch(ignoreAbsent);
      if (facts === undefined) continue;
      if (Math.abs(Date.now() - facts.mtimeMs) < age) young.push(name);
      else await rm(path, { force: true });
    }
    return young;
  }

  async #make(): Promise<void> {
    if (this.#isMade) return;
    await this.#guarded(async () => {
      for (const folder of FOLDERS) await makeDirectory(join(this.root, folder));
      await this.#youngerThan('staging', ABANDONED);
    });
    this.#isMade = true;
  }

  #underLock<T>(name: string, act: () => Promise<T>): Promise<T> {
    return this.#guarded(() => withLock(join(this.root, 'locks', nameOf(name)), act));
  }

  /** Faults of the disk as this product tells them. */
  async #guarded<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (fault) {
      throw writeFault(fault, this.root);
    }
  }
}

/** A name for any text. */
const nameOf = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);

function ignoreAbsent(fault: unknown): undefined {
  if (!isAbsent(fault)) throw fault;
  return undefined;
}
