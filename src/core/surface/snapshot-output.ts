import * as v from 'valibot';
import { ComparisonSchema } from '../comparison/comparison-schema.ts';
import { PointerSchema } from './pointer.ts';

/** What `snapshot --format json` prints: the pointer, and the comparison that it names in full. */
export const SnapshotOutputSchema = v.strictObject({
  ...PointerSchema.entries,
  /** Null on a first run. */
  comparisonDocument: v.nullable(ComparisonSchema),
});

export type SnapshotOutput = v.InferOutput<typeof SnapshotOutputSchema>;
