import type { Digest } from '../../base/digest.ts';
import type { OnDamage } from '../surface/surface-store.ts';
import type { HistoryEntry } from './history.ts';

/** Port: finds which entries of a history are of snapshots that have a layer. */
export interface LayerIndex {
  /** Entries of all names, newest first. What it finds must be checked against the snapshots: an index may be wrong. */
  entriesWithLayer(query: LayerUseQuery): AsyncIterable<HistoryEntry>;
}

export interface LayerUseQuery {
  readonly tenant: string;
  readonly diffId: Digest;
  /** Only entries that come after this one, as of a list that was read up to it. */
  readonly after?: HistoryEntry;
  readonly onDamage?: OnDamage;
}
