import * as v from 'valibot';
import { type AttentionItem, AttentionItemSchema } from '../attention/attention.ts';
import { SizeSchema } from '../words/schemas.ts';
import type { Comparison, Sections } from './comparison.ts';

/** The section that names what a change brings that somebody should look at. It is there only where there is something. */
export const ATTENTION = 'attention';

/** More are counted, and not named one by one. */
const MOST_NAMED = 1000;

const AttentionGainedSchema = v.strictObject({
  count: SizeSchema,
  /** The first of them, what matters most before all. */
  items: v.array(AttentionItemSchema),
});

export type AttentionGained = v.InferOutput<typeof AttentionGainedSchema>;

export function attentionSection(items: readonly AttentionItem[]): Sections {
  if (items.length === 0) return {};
  return { [ATTENTION]: { count: items.length, items: items.slice(0, MOST_NAMED) } };
}

/** What a comparison says of it; null where it says nothing, or in a form of a later version. */
export function attentionIn({ sections }: Pick<Comparison, 'sections'>): AttentionGained | null {
  const read = v.safeParse(AttentionGainedSchema, sections[ATTENTION]);
  return read.success ? read.output : null;
}
