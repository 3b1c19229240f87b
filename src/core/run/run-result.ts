import * as v from 'valibot';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import { type Comparison, ComparisonSchema } from '../comparison/comparison.ts';
import { parseComparison } from '../comparison/parse-comparison.ts';
import { parseSnapshot } from '../snapshot/parse-snapshot.ts';
import { type Snapshot, SnapshotSchema } from '../snapshot/snapshot.ts';
import { PlatformSchema, SizeSchema } from '../words/schemas.ts';
import { parseStored } from '../words/stored-json.ts';
import { type Pointer, PointerSchema, parsePointer } from './pointer.ts';
import { pointersOf } from './pointers.ts';

export const RESULT_SCHEMA = 'varve.result@1';

const PlatformResultSchema = v.strictObject({
  pointer: PointerSchema,
  snapshot: SnapshotSchema,
  /** Null on a first run. */
  comparison: v.nullable(ComparisonSchema),
});

/** Everything that a report is made of, in one file: another job can make it where this one may not. */
export const RunResultSchema = v.strictObject({
  ...pointersOf(PlatformResultSchema).entries,
  schema: v.literal(RESULT_SCHEMA),
  /** The platform that was asked for; null for all of them. */
  platform: v.nullable(PlatformSchema),
  /** The workflow run; null outside of one. */
  workflow: v.nullable(
    v.strictObject({
      name: v.string(),
      run: SizeSchema,
      attempt: SizeSchema,
      /** The commit at the head of the pull request. */
      head: v.nullable(v.string()),
      /** `OWNER/NAME` of the repository or project. */
      repository: v.nullable(v.string()),
      job: v.nullable(v.string()),
    }),
  ),
});

export interface PlatformResultDocuments {
  readonly pointer: Pointer;
  readonly snapshot: Snapshot;
  readonly comparison: Comparison | null;
}

export interface RunResult extends Omit<v.InferOutput<typeof RunResultSchema>, 'platforms'> {
  readonly platforms: readonly PlatformResultDocuments[];
}

/**
 * Reads the result of a run, which anyone may have written.
 * @param object names it in errors.
 * @throws VarveError `malformed`, `limit-exceeded`.
 */
export function parseRunResult(
  bytes: Uint8Array,
  object: string,
  limits: Limits = DEFAULT_LIMITS,
): RunResult {
  const result = parseStored(RunResultSchema, bytes, object, limits);
  return { ...result, platforms: result.platforms.map((each) => verifyPlatform(each, object, limits)) };
}

/** The documents in it are held to what they are held to in a store. */
function verifyPlatform(
  { pointer, snapshot, comparison }: v.InferOutput<typeof PlatformResultSchema>,
  object: string,
  limits: Limits,
): PlatformResultDocuments {
  return {
    pointer: parsePointer(canonicalBytes(pointer), object, limits),
    snapshot: parseSnapshot(canonicalBytes(snapshot), object, limits),
    comparison: comparison && parseComparison(canonicalBytes(comparison), object, limits),
  };
}
