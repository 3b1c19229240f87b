import { readThrough } from '../../core/store/read-through.ts';
import {
  ENTRY_TRACE_NAMESPACE,
  formatCacheKey,
  hashEntryTrace,
  parseCacheKey,
} from '../../core/surface/cache-key.ts';
import { openSurfaceCache } from '../compose/surface-cache.ts';
import { innerSurface } from './inner-surface.ts';
import type { Store } from './ports.ts';

// The declarations here name no type of other files, so that these may change.

/** What the trace of an entry point depends on. */
export interface EntryTrace {
  /** `default` when left out. */
  readonly tenant?: string;
  /** Of the analyzer: any JSON value. */
  readonly options: unknown;
  /** Variables by name, or as `NAME=value`, where the last of a name counts. */
  readonly environment: Readonly<Record<string, string>> | readonly string[];
  /** The words of the command: entry point and arguments. */
  readonly entrypoint: readonly string[];
}

/** The address of an entry of a cache: `{namespace}/{tenant}/{sha256}`. */
export class SurfaceCacheKey {
  readonly namespace: string;
  readonly tenant: string;
  /** 64 lowercase hexadecimal digits. */
  readonly sha256: string;

  /** @throws VarveError `bad-option`, `bad-reference`. */
  constructor(namespace: string, tenant: string, sha256: string) {
    const key = parseCacheKey({ namespace, tenant, sha256 });
    this.namespace = key.namespace;
    this.tenant = key.tenant;
    this.sha256 = key.sha256;
  }

  /**
   * The key of the trace of an entry point, in the namespace `entrytrace.graph`: SHA-256 of `OPTIONS|ENV|ENTRYPOINT` in
   * UTF-8, each of the three as canonical JSON (RFC 8785), the environment as an object.
   */
  static ofEntryTrace({ tenant = 'default', ...inputs }: EntryTrace): SurfaceCacheKey {
    return new SurfaceCacheKey(ENTRY_TRACE_NAMESPACE, tenant, hashEntryTrace(inputs));
  }

  toString(): string {
    return formatCacheKey(this);
  }
}

/** Bytes that can be fetched or made again, kept near by. */
export interface SurfaceCache {
  /** Null when it has none. */
  get(key: SurfaceCacheKey): Promise<Uint8Array | null>;
  /** Gives false for what is larger than all of the cache may be, and is not kept. */
  put(key: SurfaceCacheKey, bytes: Uint8Array): Promise<boolean>;
  /** What the cache has, else what `make` makes, which is then kept; of all who ask at once, only one makes it. */
  getOrMake(key: SurfaceCacheKey, make: () => Promise<Uint8Array | null>): Promise<Uint8Array | null>;
  remove(key: SurfaceCacheKey): Promise<void>;
}

export interface FileSurfaceCacheOptions {
  /** Folder of the cache; left out, the variable `SCANNER_SURFACE_CACHE_ROOT` names it. */
  readonly root?: string;
  /** Bytes that all entries may take: 4 GiB when left out. */
  readonly quota?: number;
  /** Bytes that the oldest entries make room down to once the quota is passed: four fifths of it when left out. */
  readonly lowWater?: number;
}

/** A cache in a folder, which any number of processes share. What is damaged counts as absent. */
export class FileSurfaceCache implements SurfaceCache {
  readonly root: string;
  readonly #cache: ReturnType<typeof openSurfaceCache>;

  /** @throws VarveError `bad-option` where nothing names a folder. */
  constructor(options: FileSurfaceCacheOptions = {}) {
    this.#cache = openSurfaceCache(options, process.env);
    this.root = this.#cache.root;
  }

  /** How often this process found what it asked for, and how often not. */
  get counts(): { readonly hits: number; readonly misses: number } {
    return this.#cache.counts;
  }

  get(key: SurfaceCacheKey): Promise<Uint8Array | null> {
    return this.#cache.get(key);
  }

  put(key: SurfaceCacheKey, bytes: Uint8Array): Promise<boolean> {
    return this.#cache.put(key, bytes);
  }

  getOrMake(key: SurfaceCacheKey, make: () => Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    return this.#cache.getOrMake(key, make);
  }

  remove(key: SurfaceCacheKey): Promise<void> {
    return this.#cache.remove(key);
  }

  /** Keeps an entry, also one that is put later, until what is returned is disposed of, or this process is gone. */
  pin(key: SurfaceCacheKey): Promise<AsyncDisposable> {
    return this.#cache.pin(key);
  }

  /** Lets the oldest entries go if all take more than the quota; gives the bytes that all take then. */
  evict(): Promise<number> {
    return this.#cache.evict();
  }
}

/**
 * The same store, whose items are looked for in a cache first, and verified like anything else. An item that others
 * delete from the store is still found until it leaves the cache.
 */
export function withCache<S extends Store>(store: S, cache: SurfaceCache): S {
  const kept: Parameters<typeof readThrough>[1] = {
    get: (key) => cache.get(keyOf(key)),
    put: (key, bytes) => cache.put(keyOf(key), bytes),
    getOrMake: (key, make) => cache.getOrMake(keyOf(key), make),
    remove: (key) => cache.remove(keyOf(key)),
  };
  return { ...store, surface: readThrough(innerSurface(store), kept) };
}

const keyOf = (key: {
  readonly namespace: string;
  readonly tenant: string;
  readonly sha256: string;
}): SurfaceCacheKey => new SurfaceCacheKey(key.namespace, key.tenant, key.sha256);
