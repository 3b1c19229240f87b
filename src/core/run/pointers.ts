import * as v from 'valibot';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import { PlatformSchema } from '../words/schemas.ts';
import { parseStored } from '../words/stored-json.ts';
import { type Pointer, PointerSchema, parsePointer, verifyPointer } from './pointer.ts';

export const POINTERS_SCHEMA = 'varve.pointers@1';

/** The documents of a run for several platforms, one each. */
export const pointersOf = <T extends v.GenericSchema>(platform: T) =>
  v.strictObject({
    schema: v.literal(POINTERS_SCHEMA),
    image: v.strictObject({ reference: v.string(), name: v.string() }),
    /** In the order of the index. */
    platforms: v.array(platform),
    /** Platforms that the index names, and whose images are not there. */
    absentPlatforms: v.array(PlatformSchema),
    /** Platforms that the baseline has and the image no longer has. */
    gonePlatforms: v.array(PlatformSchema),
    /** Platforms that failed: where there are any, the run did too. */
    failures: v.array(
      v.strictObject({
        platform: PlatformSchema,
        code: v.pipe(v.string(), v.regex(/^[a-z]+(?:-[a-z]+)*$/)),
        message: v.string(),
      }),
    ),
  });

/** The pointers of a run for several platforms: `jq '.platforms[]? // .'` gives those of any run. */
export const PointersSchema = pointersOf(PointerSchema);

export type Pointers = v.InferOutput<typeof PointersSchema>;

/**
 * Reads the pointers of several platforms.
 * @param object names them in errors.
 * @throws VarveError `malformed`, also where URIs name something else than their digests; `limit-exceeded`.
 */
export function parsePointers(bytes: Uint8Array, object: string, limits: Limits = DEFAULT_LIMITS): Pointers {
  const pointers = parseStored(PointersSchema, bytes, object, limits);
  for (const pointer of pointers.platforms) verifyPointer(pointer, object);
  return pointers;
}

/**
 * Reads the pointers of a run, for one platform or for several.
 * @param object names them in errors.
 * @throws VarveError as `parsePointer` and `parsePointers` do.
 */
export function parsePointersOfRun(
  bytes: Uint8Array,
  object: string,
  limits: Limits = DEFAULT_LIMITS,
): readonly Pointer[] {
  const isOfSeveral = Buffer.from(bytes).includes(JSON.stringify(POINTERS_SCHEMA));
  return isOfSeveral ? parsePointers(bytes, object, limits).platforms : [parsePointer(bytes, object, limits)];
}
