import * as v from 'valibot';
import { DigestSchema, KindSchema, SizeSchema, TenantSchema } from '../words/schemas.ts';
import { TimeSchema } from '../words/time.ts';
import { SURFACE_SCHEMA } from './item.ts';
import { FormatSchema } from './keys.ts';

/** The manifest of one item. */
export const ItemManifestSchema = v.strictObject({
  schema: v.literal(SURFACE_SCHEMA),
  tenant: TenantSchema,
  kind: KindSchema,
  digest: DigestSchema,
  createdAt: TimeSchema,
  expiresAt: v.nullable(TimeSchema),
  source: v.strictObject({
    scannerBuild: v.string(),
    /** Digest of the image's manifest, or of its config where it has no manifest. */
    imageDigest: v.nullable(DigestSchema),
    scanId: v.string(),
  }),
  storage: v.strictObject({
    bucket: v.literal('surface-cache'),
    objectKey: v.string(),
    /** Length in bytes of the uncompressed payload. */
    sizeBytes: SizeSchema,
    contentType: v.string(),
  }),
  integrity: v.strictObject({ hash: DigestSchema, signature: v.nullable(v.string()) }),
});

/** One item of an image. Digest, media type and size are those of the uncompressed payload. */
export const ListedItemSchema = v.strictObject({
  kind: KindSchema,
  uri: v.string(),
  digest: DigestSchema,
  mediaType: v.string(),
  format: FormatSchema,
  sizeBytes: SizeSchema,
  view: v.exactOptional(v.string()),
});

/** The manifest of one image: everything that derives from it, sorted by kind, then uri. */
export const SurfaceManifestSchema = v.strictObject({
  schema: v.literal(SURFACE_SCHEMA),
  tenant: TenantSchema,
  imageDigest: DigestSchema,
  source: v.strictObject({ component: v.string(), version: v.string() }),
  artifacts: v.array(ListedItemSchema),
});

export type ItemManifest = v.InferOutput<typeof ItemManifestSchema>;
export type SurfaceManifest = v.InferOutput<typeof SurfaceManifestSchema>;
export type ListedItem = v.InferOutput<typeof ListedItemSchema>;
