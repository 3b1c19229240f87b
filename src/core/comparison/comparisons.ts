import * as v from 'valibot';
import { PlatformSchema } from '../words/schemas.ts';
import type { Stored } from '../words/stored.ts';
import { type Comparison, ComparisonSchema } from './comparison.ts';

export const COMPARISONS_SCHEMA = 'varve.comparisons@2';

/** The comparisons of an image for several platforms. */
export const ComparisonsSchema = v.strictObject({
  schema: v.literal(COMPARISONS_SCHEMA),
  /** One for each platform that both sides have, in the order of the target's index. */
  platforms: v.array(ComparisonSchema),
  /** Whether any platform changed, came or went, or could not be compared; null where that is not known of one. */
  changed: v.nullable(v.boolean()),
  /** Platforms that only the target has. */
  newPlatforms: v.array(PlatformSchema),
  /** Platforms that only the base has. */
  gonePlatforms: v.array(PlatformSchema),
  /** Platforms that could not be compared: they failed, are not there, or their baseline cannot be used. */
  failedPlatforms: v.array(PlatformSchema),
});

export type Comparisons = Stored<typeof ComparisonsSchema>;

/**
 * Puts the comparisons of several platforms together.
 * @param isIncomplete whether something was not compared that belongs to no single platform.
 */
export function gatherComparisons(
  platforms: readonly Comparison[],
  apart: Pick<Comparisons, 'newPlatforms' | 'gonePlatforms' | 'failedPlatforms'>,
  { isIncomplete = false }: { readonly isIncomplete?: boolean } = {},
): Comparisons {
  const { newPlatforms, gonePlatforms, failedPlatforms } = apart;
  const others = newPlatforms.length + gonePlatforms.length + failedPlatforms.length;
  const answers = new Set([isIncomplete || others > 0, ...platforms.map(({ changed }) => changed)]);
  const changed = answers.has(true) || (answers.has(null) ? null : false);
  return { schema: COMPARISONS_SCHEMA, changed, platforms, newPlatforms, gonePlatforms, failedPlatforms };
}
