import * as v from 'valibot';
import type { SameType } from '../words/same-type.ts';
import { Base64Schema, IntegerSchema, SizeSchema } from '../words/schemas.ts';
import type { TreeEntry } from './tree.ts';

/** The fields of one path's state in a merged root filesystem. */
export const fileStateFields = {
  type: v.picklist(['file', 'dir', 'symlink', 'char', 'block', 'fifo']),
  mode: v.pipe(v.string(), v.regex(/^[0-7]{4}$/)),
  uid: IntegerSchema,
  gid: IntegerSchema,
  size: SizeSchema,
  mtime: IntegerSchema,
  mtimeNs: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(999_999_999))),
  sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  linkTarget: v.exactOptional(v.string()),
  linkTargetBase64: v.exactOptional(Base64Schema),
  xattrs: v.exactOptional(v.record(v.string(), v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]*={0,2}$/)))),
  device: v.exactOptional(v.strictObject({ major: IntegerSchema, minor: IntegerSchema })),
};

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
