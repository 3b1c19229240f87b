import type { CacheKey } from './cache-key.ts';

/** Port: bytes that can be fetched or made again, kept near by. What is damaged counts as absent. */
export interface SurfaceCache {
  /** Null when it has none. */
  get(key: CacheKey): Promise<Uint8Array | null>;
  /** @returns false for what is larger than all of the cache may be, and is not kept. */
  put(key: CacheKey, bytes: Uint8Array): Promise<boolean>;
  /**
   * What the cache has, else what `make` makes, which is then kept. Of all who ask for one key at once, in whatever
   * process, only one makes it.
   */
  getOrMake(key: CacheKey, make: () => Promise<Uint8Array | null>): Promise<Uint8Array | null>;
  remove(key: CacheKey): Promise<void>;
}
