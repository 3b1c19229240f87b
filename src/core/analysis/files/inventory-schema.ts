import * as v from 'valibot';
import { Base64Schema, DigestSchema, IntegerSchema, SizeSchema } from '../../words/schemas.ts';
import { INVENTORY_SCHEMA, type InventoryEntry, type InventoryHeader } from './inventory.ts';

const TextsSchema = v.array(v.string());

/** The first line of a `layer.files` fragment. */
export const InventoryHeaderSchema: v.GenericSchema<unknown, InventoryHeader> = v.strictObject({
  schema: v.literal(INVENTORY_SCHEMA),
  diffId: DigestSchema,
  entries: SizeSchema,
  uncompressedSize: SizeSchema,
  orderDigest: DigestSchema,
  findings: v.array(
    v.strictObject({
      code: v.string(),
      path: v.exactOptional(v.string()),
      detail: v.exactOptional(v.string()),
    }),
  ),
  implicitParents: TextsSchema,
  implicitParentsBase64: v.exactOptional(TextsSchema),
});

/** Every other line. Inventories are read by `parseLine`, which is faster; this is for the documentation. */
export const InventoryEntrySchema: v.GenericSchema<unknown, InventoryEntry> = v.strictObject({
  path: v.string(),
  pathBase64: v.exactOptional(Base64Schema),
  type: v.picklist(['file', 'dir', 'symlink', 'hardlink', 'char', 'block', 'fifo', 'whiteout', 'opaque']),
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
});
