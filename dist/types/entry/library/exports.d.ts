/** The library: what other programs may call. Its declarations name no internal type, so that the internals may change. */
export { type ErrorCode, VarveError } from '../../base/errors.ts';
export * from './artifacts.ts';
export { type AnnotatedDescriptor, type BuiltArtifactManifest, type BuiltManifest, buildManifest, type ManifestParts, } from './build-manifest.ts';
export { type CompareOutcome, compare } from './compare.ts';
export type { Comparison, Comparisons, HistoryEntry, HistoryOutput, ItemManifest, Pointer, Pointers, Snapshot, SurfaceManifest, } from './documents.ts';
export { type HistorySelection, history } from './history.ts';
export { openStore } from './open-store.ts';
export type { CallOptions, OnePlatform, Progress, ReportFormat } from './options.ts';
export type { Damage, HistoryQuery, HistoryStore, Item, ItemKey, LayerIndex, LayerRecord, LayerRecords, OrphanedPayload, Store, SurfaceStore, } from './ports.ts';
export type { CompareSettings, HistorySettings, SnapshotSettings } from './settings.ts';
export { type SnapshotOutcome, snapshot } from './snapshot.ts';
export { type EntryTrace, FileSurfaceCache, type FileSurfaceCacheOptions, type SurfaceCache, SurfaceCacheKey, withCache, } from './surface-cache.ts';
export { type ManifestPage, type ManifestQuery, type NewPayload, SurfaceManifestReader, SurfaceManifestWriter, SurfacePathBuilder, type SurfacePlace, } from './surface-manifests.ts';
