import type { Command } from '../commands/command.ts';
import {
  artifactPackage,
  artifactPull,
  artifactPush,
  artifactUnpack,
  buildkitScan,
  verify,
} from './evidence.ts';
import { kitExport, kitImport, kitLs, kitPlan, kitReceipt } from './kit.ts';
import { check, compare, inspect, layerLs, tree } from './look.ts';
import { completion, version } from './other.ts';
import { ci, history, snapshot } from './record.ts';
import {
  surfaceDelete,
  surfaceGc,
  surfaceGet,
  surfaceList,
  surfacePut,
  surfaceStats,
  surfaceVerify,
} from './surface.ts';

/** Every command, in the order of help. */
export const COMMANDS: readonly Command[] = [
  compare,
  inspect,
  tree,
  check,
  layerLs,
  snapshot,
  ci,
  history,
  surfacePut,
  surfaceGet,
  surfaceList,
  surfaceDelete,
  surfaceVerify,
  surfaceGc,
  surfaceStats,
  artifactPackage,
  artifactUnpack,
  artifactPush,
  artifactPull,
  kitPlan,
  kitExport,
  kitImport,
  kitLs,
  kitReceipt,
  buildkitScan,
  verify,
  completion,
  version,
];
