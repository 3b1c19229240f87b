import { FileSurfaceCache } from '../../adapters/surface-cache/file-surface-cache.ts';
import { VarveError } from '../../base/errors.ts';

/** The variable that names the folder of the cache. */
export const CACHE_ROOT = 'SCANNER_SURFACE_CACHE_ROOT';

/** Bytes that a cache may take, where nothing else is said. */
const QUOTA = 4 * 1024 ** 3;
/** The part of the quota that the oldest entries make room down to. */
const LOW_WATER = 0.8;

export interface CacheSettings {
  readonly root?: string | undefined;
  /** In bytes. */
  readonly quota?: number | undefined;
  readonly lowWater?: number | undefined;
}

/**
 * Opens the cache in a folder: the given one, or that of the variable.
 * @throws VarveError `bad-option` where neither names one, or for sizes that cannot be.
 */
export function openSurfaceCache(
  { root, quota = QUOTA, lowWater = quota * LOW_WATER }: CacheSettings,
  environment: Readonly<Record<string, string | undefined>>,
): FileSurfaceCache {
  const folder = root ?? environment[CACHE_ROOT];
  if (!folder) {
    throw new VarveError('bad-option', 'no folder is named for the cache', {
      object: CACHE_ROOT,
      hint: `give a root, or set ${CACHE_ROOT}`,
    });
  }
  if (!(quota >= 1 && lowWater >= 0 && lowWater <= quota)) {
    throw new VarveError('bad-option', `a cache of ${quota} bytes cannot make room down to ${lowWater}`, {
      object: folder,
      hint: 'the quota is at least 1 byte, and the low-water mark is not above it',
    });
  }
  return new FileSurfaceCache(folder, { quota, lowWater });
}
