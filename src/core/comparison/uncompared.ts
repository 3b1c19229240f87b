import * as v from 'valibot';
import { DigestSchema, KindSchema, SizeSchema } from '../words/schemas.ts';
import type { Comparison, Sections } from './comparison.ts';

/** The section that names what was not compared. It is there only where there is something to name. */
export const UNCOMPARED = 'uncompared';

/** More of one kind are not named one by one: an index may name any number of images. */
const MOST_NAMED = 100;

const UncomparedItemSchema = v.strictObject({
  /**
   * `files`, `config`, `manifest` for how it describes these, the name of another section, or `image` for one that nobody
   * looked at.
   */
  what: KindSchema,
  /**
   * `lost`: the store does not have it any more; `not-analyzed`: it was never there; `passed-over`: the place
   * leads to this image too, and another one was looked at, or its index alone lists this one for another platform; or
   * entries of a layer, or what the manifest says of it or of the config, had no effect.
   */
  why: v.picklist(['lost', 'not-analyzed', 'passed-over']),
  /** The side that lacks it; of an image that was skipped, the only one to have it as far as it is known. */
  side: v.picklist(['base', 'target']),
  /** The layer whose part it is. */
  layer: v.exactOptional(SizeSchema),
  digest: v.exactOptional(DigestSchema),
  /** The codes of the findings on what was skipped. */
  findings: v.exactOptional(v.array(KindSchema)),
});

const UncomparedSchema = v.strictObject({
  count: SizeSchema,
  /** The first of them. */
  items: v.array(UncomparedItemSchema),
});

/** Something that a comparison could not, or did not, look at on one side. */
export type UncomparedItem = v.InferOutput<typeof UncomparedItemSchema>;
export type Uncompared = v.InferOutput<typeof UncomparedSchema>;

/** The section that names some things; none where there are none. */
export function uncomparedSection(items: readonly UncomparedItem[]): Sections {
  if (items.length === 0) return {};
  return { [UNCOMPARED]: { count: items.length, items: items.slice(0, MOST_NAMED) } };
}

/** What a comparison says that it did not compare; null where it says nothing of it, or in a form of a later version. */
export function uncomparedIn({ sections }: Pick<Comparison, 'sections'>): Uncompared | null {
  const read = v.safeParse(UncomparedSchema, sections[UNCOMPARED]);
  return read.success ? read.output : null;
}
