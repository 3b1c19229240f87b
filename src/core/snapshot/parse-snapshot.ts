import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import { compareFragments } from '../analysis/fragment.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import { type Snapshot, type SnapshotLayer, SnapshotSchema } from './snapshot.ts';

/** Engines stop at 127 layers; more than this is an attack. */
export const MAX_LAYERS = 10_000;

/**
 * Reads a stored snapshot.
 * @param object names it in errors.
 * @throws VarveError `malformed`, or `limit-exceeded` over 10,000 layers or `limits.jsonBytes`.
 */
export function parseSnapshot(bytes: Uint8Array, object: string, limits: Limits = DEFAULT_LIMITS): Snapshot {
  const snapshot = parseStored(SnapshotSchema, bytes, object, limits);
  if (snapshot.layers.length > MAX_LAYERS) {
    throw new VarveError('limit-exceeded', `${object} has more than ${MAX_LAYERS} layers`, { object });
  }
  snapshot.layers.forEach((layer, index) => {
    const problem = problemOf(layer, index);
    if (problem !== null) throw malformed(object, `layers.${index}: ${problem}`);
  });
  return snapshot;
}

function problemOf(layer: SnapshotLayer, index: number): string | null {
  if (layer.index !== index) return `its index is ${layer.index}`;
  if ((layer.digest === null) !== (layer.size === null)) return 'digest and size go together';
  const inOrder = layer.fragments.every((fragment, at) => {
    const before = layer.fragments[at - 1];
    return before === undefined || compareFragments(before, fragment) < 0;
  });
  return inOrder ? null : 'its fragments are out of order';
}
