import { requireNode } from './require-node.ts';

requireNode(process.versions.node);
// By name, since what a module exports is settled before it runs; a test compares the names.
export const {
  ARTIFACT_TYPES,
  VarveError,
  buildManifest,
  compare,
  describeBlob,
  fileNameOfType,
  history,
  mediaTypeOfFile,
  openStore,
  packageFolder,
  snapshot,
  unpackFolder,
} = await import('./library/exports.ts');
