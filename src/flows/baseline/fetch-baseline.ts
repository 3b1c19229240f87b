import { tellFault, toVarveError, VarveError } from '../../base/errors.ts';
import type { CacheSubject } from '../../core/cache/cache-keys.ts';
import type { Store } from '../../core/store/store.ts';
import { type RestoredBaseline, restoreBaseline } from './cached-baseline.ts';
import type { BaselineRequest } from './resolve-baseline.ts';

/** A baseline that is at hand for an image of some name and platform, be it known only by these. */
export type FetchedBaseline =
  /** Entries of a cache. */
  | {
      readonly kind: 'cache';
      readonly request: Extract<BaselineRequest, { kind: 'cache' }>;
      readonly restored: RestoredBaseline;
    }
  /** A store beside the run's own. */
  | {
      readonly kind: 'beside';
      readonly request: Extract<BaselineRequest, { kind: 'remote' | 'store' }>;
    }
  /** One that there is nothing to be learnt from before the image is compared. */
  | { readonly kind: 'settled'; readonly request: Exclude<BaselineRequest, { kind: 'cache' | 'remote' }> };

/**
 * Fetches what is found by an image's name and platform.
 * @param own the store that the run writes to.
 */
export async function fetchBaseline(
  request: BaselineRequest,
  own: Store,
  subject: CacheSubject,
): Promise<FetchedBaseline> {
  switch (request.kind) {
    case 'cache': {
      const restored = await attempt(() => restoreBaseline(request.baseline, subject));
      return restored instanceof VarveError
        ? { kind: 'settled', request: unavailable(request.baseline.cache.location, restored) }
        : { kind: 'cache', request, restored };
    }
    case 'remote':
      return { kind: 'beside', request };
    case 'store':
      return request.store === own ? { kind: 'settled', request } : { kind: 'beside', request };
    default:
      return { kind: 'settled', request };
  }
}

/** The store that a run's own can learn from; null where there is none. */
export function teacherOf(fetched: FetchedBaseline): Store | null {
  switch (fetched.kind) {
    case 'cache':
      return fetched.restored.store;
    case 'beside':
      return fetched.request.store;
    case 'settled':
      return null;
  }
}

/** What cannot be used is said, and is then no baseline. */
export function unavailable(
  place: string,
  fault: VarveError,
): Extract<BaselineRequest, { kind: 'unavailable' }> {
  return { kind: 'unavailable', place, problem: tellFault(fault) };
}

/** Does something that the outside may refuse; gives that fault, and throws any other. */
export async function attempt<T>(action: () => Promise<T>): Promise<T | VarveError> {
  try {
    return await action();
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.kind === 'outside') return error;
    throw fault;
  }
}
