import * as v from 'valibot';
import type { SameType } from '../words/same-type.ts';
import { PlatformSchema } from '../words/schemas.ts';
import { ComparisonSchema } from './comparison-schema.ts';
import { COMPARISONS_SCHEMA, type Comparisons } from './comparisons.ts';

export const ComparisonsSchema = v.strictObject({
  schema: v.literal(COMPARISONS_SCHEMA),
  changed: v.boolean(),
  platforms: v.array(ComparisonSchema),
  newPlatforms: v.array(PlatformSchema),
  gonePlatforms: v.array(PlatformSchema),
  failedPlatforms: v.array(PlatformSchema),
});

true satisfies SameType<v.InferOutput<typeof ComparisonsSchema>, Comparisons>;
