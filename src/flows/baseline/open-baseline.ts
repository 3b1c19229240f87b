import { VarveError } from '../../base/errors.ts';
import type { CacheSubject } from '../../core/cache/cache-keys.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { SourceLayer } from '../../core/image/image-source.ts';
import type { Store } from '../../core/store/store.ts';
import { noteDamages } from '../../core/surface/damage.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import { adoptLayers } from './adopt-layers.ts';
import { saveBaseline } from './cached-baseline.ts';
import { attempt, type FetchedBaseline, unavailable } from './fetch-baseline.ts';
import type { SettledBaseline } from './resolve-baseline.ts';

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
 * Opens a baseline that was fetched. What it knows of the image's layers, the run's own store knows then too.
 * @throws VarveError when the run's own store cannot be written.
 */
export async function openBaseline(
  fetched: FetchedBaseline,
  own: Store,
  image: BaselineImage,
): Promise<OpenBaseline> {
  switch (fetched.kind) {
    case 'cache':
      return openCached(fetched, own, image);
    case 'beside':
      return openBeside(fetched, own, image);
    case 'settled':
      return { settled: fetched.request, handOn: null, notes: [] };
  }
}

async function openCached(
  { request, restored }: Extract<FetchedBaseline, { kind: 'cache' }>,
  own: Store,
  image: BaselineImage,
): Promise<OpenBaseline> {
  const { kind: _, baseline, ...hindsight } = request;
  const { store, carried, notes } = restored;
  const damages = await adoptLayers(store, own, image);
  return {
    settled: { kind: 'store', store, situation: baseline.situation, ...hindsight },
    handOn: (entry) => saveBaseline(baseline, carried, entry),
    notes: [...notes, ...noteDamages(store.location, damages)],
  };
}

async function openBeside(
  { request }: Extract<FetchedBaseline, { kind: 'beside' }>,
  own: Store,
  image: BaselineImage,
): Promise<OpenBaseline> {
  const { kind: _, store, ...hindsight } = request;
  const damages = await attempt(() => adoptLayers(store, own, image));
  if (damages instanceof VarveError) {
    // That is the run's own store, which it cannot do without.
    if (damages.code === 'store-unwritable') throw damages;
    return { settled: unavailable(store.location, damages), handOn: null, notes: [] };
  }
  const notes = noteDamages(store.location, damages);
  return { settled: { kind: 'store', store, ...hindsight }, handOn: null, notes };
}
