/** The library: what other programs may call. Its declarations name no type of the house's, so that the house may change. */
export { type ErrorCode, VarveError } from '../base/errors.ts';
export * from './library/artifacts.ts';
export { buildManifest, type ManifestParts } from './library/build-manifest.ts';
export { type CompareOutcome, compare } from './library/compare.ts';
export type { Comparison, Comparisons, HistoryEntry, ItemManifest, Pointer, Pointers, Snapshot, SurfaceManifest, } from './library/documents.ts';
export { type HistorySelection, history } from './library/history.ts';
export { openStore } from './library/open-store.ts';
export type { CallOptions, Progress, ReportFormat } from './library/options.ts';
export type { Damage, HistoryQuery, HistoryStore, Item, ItemKey, LayerIndex, LayerRecord, LayerRecords, Store, SurfaceStore, } from './library/ports.ts';
export type { CompareSettings, HistorySettings, SnapshotSettings } from './library/settings.ts';
export { type SnapshotOutcome, snapshot } from './library/snapshot.ts';
