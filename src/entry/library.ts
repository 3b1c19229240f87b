import { requireNode } from './require-node.ts';

requireNode(process.versions.node);
// By name, since what a module exports is settled before it runs; a test compares the names.
export const {
  ARTIFACT_TYPES,
  buildManifest,
  compare,
  describeBlob,
  fileNameOfType,
  FileSurfaceCache,
  history,
  mediaTypeOfFile,
  openStore,
  packageFolder,
  snapshot,
  SurfaceCacheKey,
  SurfaceManifestReader,
  SurfaceManifestWriter,
  SurfacePathBuilder,
  unpackFolder,
  VarveError,
  withCache,
} = await import('./library/exports.ts');
