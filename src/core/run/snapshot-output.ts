import * as v from 'valibot';
import { ComparisonSchema } from '../comparison/comparison.ts';
import { PointerSchema } from './pointer.ts';
import { pointersOf } from './pointers.ts';

/** What `snapshot --format json` prints: the pointer, and the comparison that it names in full. */
export const SnapshotOutputSchema = v.strictObject({
  ...PointerSchema.entries,
  /** Null on a first run. */
  comparisonDocument: v.nullable(ComparisonSchema),
});

export type SnapshotOutput = v.InferOutput<typeof SnapshotOutputSchema>;

/** The same of several platforms. */
export const SnapshotOutputsSchema = pointersOf(SnapshotOutputSchema);

export type SnapshotOutputs = v.InferOutput<typeof SnapshotOutputsSchema>;
