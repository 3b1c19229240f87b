import { toVarveError } from '../base/errors.ts';
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
  if (request.kind === 'remote') return openRemote(request, own, image);
  if (request.kind !== 'cache') return { settled: request, handOn: null, notes: [] };
  const { kind: _, baseline, ...hindsight } = request;
  const { store, carried, notes } = await restoreBaseline(baseline, image.subject);
  await adoptLayers(store, own, image);
  return {
    settled: { kind: 'store', store, situation: baseline.situation, ...hindsight },
    handOn: (entry) => saveBaseline(baseline, carried, entry),
    notes,
  };
}

/** A store elsewhere that cannot be reached is said, and is then no baseline. */
async function openRemote(
  { kind: _, store, ...hindsight }: Extract<BaselineRequest, { kind: 'remote' }>,
  own: Store,
  image: BaselineImage,
): Promise<OpenBaseline> {
  try {
    for await (const _ of store.history.list(image.subject)) break;
  } catch (fault) {
    const { kind, message } = toVarveError(fault);
    if (kind !== 'outside') throw fault;
    const settled = { kind: 'unavailable', place: store.location, problem: message } as const;
    return { settled, handOn: null, notes: [] };
  }
  const damages = await adoptLayers(store, own, image);
  const notes = damages.map((damage) => `${store.location} is damaged, so layers are read again: ${damage}`);
  return { settled: { kind: 'store', store, ...hindsight }, handOn: null, notes };
}
