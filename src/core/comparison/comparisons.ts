import type { Platform } from '../words/platform.ts';
import type { Comparison } from './comparison.ts';

export const COMPARISONS_SCHEMA = 'varve.comparisons@1';

/** The comparisons of an image for several platforms. */
export interface Comparisons {
  readonly schema: typeof COMPARISONS_SCHEMA;
  /** Whether any platform changed, came or went. */
  readonly changed: boolean;
  /** One for each platform that both sides have, in the order of the target's index. */
  readonly platforms: readonly Comparison[];
  /** Platforms that only the target has. */
  readonly newPlatforms: readonly Platform[];
  /** Platforms that only the base has. */
  readonly gonePlatforms: readonly Platform[];
  /** Platforms that could not be compared, since they failed. */
  readonly failedPlatforms: readonly Platform[];
}

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
