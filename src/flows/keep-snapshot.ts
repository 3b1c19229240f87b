import { toVarveError } from '../base/errors.ts';
import type { HistoryEntry } from '../core/history/history.ts';
import type { Store } from '../core/store.ts';
import type { SurfaceManifest } from '../core/surface/manifest.ts';
import type { Origin } from '../core/surface/pack-artefact.ts';
import { copyArtefacts } from './copy-artefacts.ts';
import type { BaselineRequest } from './resolve-baseline.ts';
import type { TakenSnapshot } from './take-snapshot.ts';

/** Where a snapshot was kept for later runs, and what went wrong. */
export interface KeptSnapshot {
  /** Location of the baseline store that has it now, if any. */
  readonly keptIn: string | null;
  readonly notes: readonly string[];
}

/**
 * Adds a snapshot to the history of its store, and to a baseline store that is another one, with all that the next
 * comparison needs. A baseline store that cannot be written is said, and nothing more.
 * @throws VarveError when the run's own store cannot be written.
 */
export async function keepSnapshot(
  store: Store,
  { baseline, save }: { readonly baseline: BaselineRequest; readonly save: boolean },
  origin: Origin,
  taken: TakenSnapshot,
  surfaceManifest: SurfaceManifest,
  entry: HistoryEntry,
): Promise<KeptSnapshot> {
  await store.history.append(entry);
  if (baseline.kind === 'unavailable' && save) {
    return { keptIn: null, notes: [`the snapshot was not saved in ${baseline.place}`] };
  }
  if (baseline.kind !== 'store' || !save) return { keptIn: null, notes: [] };
  const { location } = baseline.store;
  if (baseline.store === store) return { keptIn: location, notes: [] };
  try {
    await copyArtefacts(store, baseline.store, origin, surfaceManifest.artifacts);
    await baseline.store.surface.putSurfaceManifest(surfaceManifest);
    await baseline.store.layers.record(entry.tenant, taken.snapshot);
    await baseline.store.history.append(entry);
    return { keptIn: location, notes: [] };
  } catch (fault) {
    const { kind, message } = toVarveError(fault);
    if (kind === 'internal') throw fault;
    return { keptIn: null, notes: [`the snapshot was not saved in ${location}: ${message}`] };
  }
}
