import * as v from 'valibot';
import { AttentionItemSchema } from './attention.ts';

/** What `check --format json` prints: what somebody should look at, and what matters most first. */
export const CheckOutputSchema = v.array(
  v.strictObject({
    ...AttentionItemSchema.entries,
    /** The same as a sentence: what it is, and which layer brings it. */
    message: v.string(),
    /** What to do about it. */
    remedy: v.string(),
  }),
);

export type CheckOutput = v.InferOutput<typeof CheckOutputSchema>;
