import type { HistoryStore } from '../history/history-store.ts';
import type { LayerIndex } from '../history/layer-index.ts';
import type { LayerRecords } from '../snapshot/layer-records.ts';
import type { SurfaceStore } from '../surface/surface-store.ts';

/** Surface, layer records and history in one place. */
export interface Store {
  /** How a user names this store, such as `dir:/var/lib/varve`. */
  readonly location: string;
  readonly surface: SurfaceStore;
  readonly layers: LayerRecords;
  readonly history: HistoryStore;
  /** Without it, which snapshots have a layer is found by reading them. */
  readonly layerIndex?: LayerIndex;
  /** What is put into it is durable only with the entry that is appended next. */
  readonly keepsByEntry?: true;
  /** The author of a commit may have written it, so every layer is read, whatever the store knows. */
  readonly isStranger?: true;
}
