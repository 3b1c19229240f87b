import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import { compareFragments, type FragmentRecord } from '../analysis/fragment.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import {
  imageFragments,
  SNAPSHOT_SCHEMA,
  type Snapshot,
  type SnapshotLayer,
  SnapshotSchema,
} from './snapshot.ts';

/** Engines stop at 127 layers; more than this is an attack. */
const MAX_LAYERS = 10_000;

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
  const fragments = imageFragments(snapshot);
  if (!inOrder(fragments)) throw malformed(object, 'its fragments are out of order');
  if (fragments.length === 0 && snapshot.schema !== SNAPSHOT_SCHEMA)
    throw malformed(object, `without fragments it is a ${SNAPSHOT_SCHEMA}`);
  return snapshot;
}

function problemOf(layer: SnapshotLayer, index: number): string | null {
  if (layer.index !== index) return `its index is ${layer.index}`;
  if ((layer.digest === null) !== (layer.size === null)) return 'digest and size go together';
  return inOrder(layer.fragments) ? null : 'its fragments are out of order';
}

/** Whether fragments are sorted, and none is there twice. */
function inOrder(fragments: readonly FragmentRecord[]): boolean {
  return fragments.every((fragment, at) => {
    const before = fragments[at - 1];
    return before === undefined || compareFragments(before, fragment) < 0;
  });
}
