import * as v from 'valibot';
import { ENTRY_TYPES } from '../../layer/layer-entry.ts';
import { Base64Schema, DigestSchema, IntegerSchema, SizeSchema } from '../../words/schemas.ts';
import type { Stored } from '../../words/stored.ts';

/** Kind of the fragments that hold inventories. */
export const INVENTORY_KIND = 'layer.files';

export const INVENTORY_SCHEMA = 'varve.layer-files@1';

const TextsSchema = v.array(v.string());

/** First line of a `layer.files` fragment. */
export const InventoryHeaderSchema = v.strictObject({
  schema: v.literal(INVENTORY_SCHEMA),
  diffId: DigestSchema,
  entries: SizeSchema,
  /** Bytes of the layer's tar. */
  uncompressedSize: SizeSchema,
  /** SHA-256 over the raw names, each ended by NUL, in tar order. */
  orderDigest: DigestSchema,
  /** What the layer itself shows, and what the inventory found odd. */
  findings: v.array(
    v.strictObject({
      code: v.string(),
      path: v.exactOptional(v.string()),
      detail: v.exactOptional(v.string()),
    }),
  ),
  /**
   * Directories that entries stand in although the layer does not state them as directories, in byte order.
   * Where one of them comes from a lower layer, it may be a symlink there, and the entry is reached through it.
   */
  implicitParents: TextsSchema,
  /** The exact bytes of those that are not UTF-8, which the list above leaves out. */
  implicitParentsBase64: v.exactOptional(TextsSchema),
});

export type InventoryHeader = Stored<typeof InventoryHeaderSchema>;

/** What an entry states in addition to its name and type. */
export const statedFields = {
  /** Octal text of the permission bits, such as `0755` or `4755`. */
  mode: v.pipe(v.string(), v.regex(/^[0-7]{4}$/)),
  uid: IntegerSchema,
  gid: IntegerSchema,
  /** Bytes of a file, sparse files expanded; 0 for everything else. */
  size: SizeSchema,
  /** Whole seconds since 1970, and the nanoseconds beyond them where the tar states them. */
  mtime: IntegerSchema,
  mtimeNs: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(999_999_999))),
  /** Bare hexadecimal SHA-256 of a file's content: on every `file`, on nothing else. */
  sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  /** Target of a symlink (as written) or hard link (normalized like a path). */
  linkTarget: v.exactOptional(v.string()),
  linkTargetBase64: v.exactOptional(Base64Schema),
  /** Extended attributes, values in base64. */
  xattrs: v.exactOptional(v.record(v.string(), v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]*={0,2}$/)))),
  device: v.exactOptional(v.strictObject({ major: IntegerSchema, minor: IntegerSchema })),
};

/**
 * One tar entry as the layer states it; one line of a `layer.files` fragment. Lines are read by `parseLine`, which is
 * faster than the schema.
 */
export const InventoryEntrySchema = v.strictObject({
  /** No leading or trailing slash, `.` for the root; bytes that are not UTF-8 as `\xNN`. */
  path: v.string(),
  /** The exact bytes of a path that is not UTF-8. */
  pathBase64: v.exactOptional(Base64Schema),
  type: v.picklist(ENTRY_TYPES),
  ...statedFields,
});

export type InventoryEntry = Stored<typeof InventoryEntrySchema>;
