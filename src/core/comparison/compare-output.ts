import * as v from 'valibot';
import type { Stored } from '../words/stored.ts';
import { ComparisonSchema } from './comparison.ts';
import { ComparisonsSchema } from './comparisons.ts';

const told = {
  /** What differs, in one line. */
  headline: v.string(),
  /** What was compared: image references, digests of snapshots, or places in a history. */
  references: v.strictObject({ base: v.string(), target: v.string() }),
};

/** What `compare --format json` prints: the comparison, and what it is of. */
export const CompareOutputSchema = v.strictObject({ ...ComparisonSchema.entries, ...told });

/** The same of several platforms. */
export const CompareOutputsSchema = v.strictObject({ ...ComparisonsSchema.entries, ...told });

export type CompareOutput = Stored<typeof CompareOutputSchema> | Stored<typeof CompareOutputsSchema>;
