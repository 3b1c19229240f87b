import * as v from 'valibot';
import { fileStateFields } from '../comparison/comparison-schema.ts';
import type { SameType } from '../same-type.ts';
import { SizeSchema } from '../snapshot/snapshot.ts';
import type { TreeEntry } from './tree.ts';

/** One name in a merged root filesystem, as `tree` prints it. */
export const TreeEntrySchema = v.strictObject({
  path: v.string(),
  pathBase64: v.exactOptional(v.pipe(v.string(), v.base64())),
  ...fileStateFields,
  layer: SizeSchema,
  links: v.exactOptional(SizeSchema),
  implicit: v.exactOptional(v.literal(true)),
});

true satisfies SameType<v.InferOutput<typeof TreeEntrySchema>, TreeEntry>;
