import { tellFault, toVarveError } from '../../base/errors.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { Store } from '../../core/store/store.ts';
import type { SurfaceManifest } from '../../core/surface/manifest.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import type { OpenBaseline } from '../baseline/open-baseline.ts';
import type { TakenSnapshot } from '../image/take-snapshot.ts';
import { copyItems } from '../pack/copy-items.ts';

/** Where a snapshot was kept for later runs, and what went wrong. */
export interface KeptSnapshot {
  /** Location of the baseline store that has it now, if any. */
  readonly keptIn: string | null;
  readonly notes: readonly string[];
}

/**
 * Adds a snapshot to the history of its store, and to a baseline store that is another one, with all that the next
 * comparison needs. A baseline store that cannot be written is said, and nothing more.
 * @param baseline null when it is only read.
 * @throws VarveError when the run's own store cannot be written.
 */
export async function keepSnapshot(
  store: Store,
  baseline: OpenBaseline | null,
  origin: Origin,
  taken: TakenSnapshot,
  surfaceManifest: SurfaceManifest,
  entry: HistoryEntry,
): Promise<KeptSnapshot> {
  await store.history.append(entry);
  if (baseline?.settled.kind === 'unavailable') {
    return { keptIn: null, notes: [`the snapshot was not saved in ${baseline.settled.place}`] };
  }
  if (baseline?.settled.kind !== 'store') return { keptIn: null, notes: [] };
  const { store: other } = baseline.settled;
  const { location } = other;
  if (other === store) return { keptIn: location, notes: [] };
  try {
    await copyItems(store, other, origin, surfaceManifest.artifacts);
    await other.surface.putSurfaceManifest(surfaceManifest);
    await other.layers.record(entry.tenant, taken.snapshot);
    await other.history.append(entry);
    await baseline.handOn?.(entry);
    return { keptIn: location, notes: [] };
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.kind === 'internal') throw fault;
    return { keptIn: null, notes: [`the snapshot was not saved in ${location}: ${tellFault(error)}`] };
  }
}
