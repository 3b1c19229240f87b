import * as v from 'valibot';
import { PlatformSchema } from '../words/schemas.ts';
import type { Stored } from '../words/stored.ts';
import { type Comparison, ComparisonSchema } from './comparison.ts';

export const COMPARISONS_SCHEMA = 'varve.comparisons@2';
export const OLD_COMPARISONS_SCHEMA = 'varve.comparisons@1';

/** The fields that are of no single platform. */
export const comparisonsFields = {
  /** Whether any platform changed, came or went. */
  changed: v.boolean(),
  /** Platforms that only the target has. */
  newPlatforms: v.array(PlatformSchema),
  /** Platforms that only the base has. */
  gonePlatforms: v.array(PlatformSchema),
  /** Platforms that could not be compared, since they failed. */
  failedPlatforms: v.array(PlatformSchema),
};

/** The comparisons of an image for several platforms. */
export const ComparisonsSchema = v.strictObject({
  schema: v.literal(COMPARISONS_SCHEMA),
  /** One for each platform that both sides have, in the order of the target's index. */
  platforms: v.array(ComparisonSchema),
  ...comparisonsFields,
});

export type Comparisons = Stored<typeof ComparisonsSchema>;

/** Puts the comparisons of several platforms together. */
export function gatherComparisons(
  platforms: readonly Comparison[],
  others: Pick<Comparisons, 'newPlatforms' | 'gonePlatforms' | 'failedPlatforms'>,
): Comparisons {
  const { newPlatforms, gonePlatforms, failedPlatforms } = others;
  const changed =
    newPlatforms.length + gonePlatforms.length > 0 || platforms.some((comparison) => comparison.changed);
  return { schema: COMPARISONS_SCHEMA, changed, platforms, newPlatforms, gonePlatforms, failedPlatforms };
}
