import { toVarveError, VarveError } from '../base/errors.ts';
import type { CacheSubject } from '../core/cache/cache-keys.ts';
import type { HistoryEntry } from '../core/history/history.ts';
import type { SourceLayer } from '../core/image/image-source.ts';
import type { Store } from '../core/store.ts';
import type { Origin } from '../core/surface/pack-artefact.ts';
import { adoptLayers } from './adopt-layers.ts';
import { restoreBaseline, saveBaseline } from './cached-baseline.ts';
import type { BaselineRequest, SettledBaseline } from './resolve-baseline.ts';

/** A baseline that can be looked into. */
export interface OpenBaseline {
  readonly settled: SettledBaseline;
  /** Sends off what was added to its store; null where that is kept as it is added. */
  readonly handOn: ((entry: HistoryEntry) => Promise<void>) | null;
  readonly notes: readonly string[];
}

/** The image that a baseline is opened for. */
export interface BaselineImage {
  readonly subject: CacheSubject;
  readonly layers: readonly SourceLayer[];
  readonly origin: Origin;
}

/**
 * Fetches a baseline that is found by the image's name and platform. What it knows of the image's layers, the run's
 * own store knows then too.
 * @throws VarveError when the run's own store cannot be written.
 */
export async function openBaseline(
  request: BaselineRequest,
  own: Store,
  image: BaselineImage,
): Promise<OpenBaseline> {
  switch (request.kind) {
    case 'cache':
      return openCached(request, own, image);
    case 'remote':
      return openRemote(request, own, image);
    default:
      return { settled: request, handOn: null, notes: [] };
  }
}

async function openCached(
  { kind: _, baseline, ...hindsight }: Extract<BaselineRequest, { kind: 'cache' }>,
  own: Store,
  image: BaselineImage,
): Promise<OpenBaseline> {
  const restored = await attempt(() => restoreBaseline(baseline, image.subject));
  if (restored instanceof VarveError) return unavailable(baseline.cache.location, restored);
  const { store, carried, notes } = restored;
  await adoptLayers(store, own, image);
  return {
    settled: { kind: 'store', store, situation: baseline.situation, ...hindsight },
    handOn: (entry) => saveBaseline(baseline, carried, entry),
    notes,
  };
}

async function openRemote(
  { kind: _, store, ...hindsight }: Extract<BaselineRequest, { kind: 'remote' }>,
  own: Store,
  image: BaselineImage,
): Promise<OpenBaseline> {
  const damages = await attempt(() => adoptLayers(store, own, image));
  if (damages instanceof VarveError) {
    // That is the run's own store, which it cannot do without.
    if (damages.code === 'store-unwritable') throw damages;
    return unavailable(store.location, damages);
  }
  const notes = damages.map((damage) => `${store.location} is damaged, so layers are read again: ${damage}`);
  return { settled: { kind: 'store', store, ...hindsight }, handOn: null, notes };
}

/** What cannot be used is said, and is then no baseline. */
function unavailable(place: string, { message: problem }: VarveError): OpenBaseline {
  return { settled: { kind: 'unavailable', place, problem }, handOn: null, notes: [] };
}

/** Does something that the outside may refuse; gives that fault, and throws any other. */
async function attempt<T>(action: () => Promise<T>): Promise<T | VarveError> {
  try {
    return await action();
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.kind === 'outside') return error;
    throw fault;
  }
}
