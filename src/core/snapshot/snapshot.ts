import * as v from 'valibot';
import { type Digest, isDigest } from '../../base/digest.ts';
import { KindSchema } from '../surface/keys.ts';

export const SNAPSHOT_SCHEMA = 'varve.snapshot@1';

export const DigestSchema = v.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'expected a SHA-256 digest',
);

export const SizeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const PlatformPartSchema = v.pipe(v.string(), v.maxLength(64));

export const PlatformSchema = v.strictObject({
  os: PlatformPartSchema,
  architecture: PlatformPartSchema,
  variant: v.exactOptional(PlatformPartSchema),
});

/** Which analyzer result of which version a layer's fragment is. */
export const FragmentRecordSchema = v.strictObject({
  kind: KindSchema,
  /** `id@version` of the analyzer. */
  analyzer: v.pipe(v.string(), v.regex(/^[^@\s]{1,64}@[^@\s]{1,64}$/, 'expected an analyzer as id@version')),
  options: DigestSchema,
  digest: DigestSchema,
});

export const SnapshotLayerSchema = v.strictObject({
  index: SizeSchema,
  diffId: DigestSchema,
  digest: v.nullable(DigestSchema),
  size: v.nullable(SizeSchema),
  mediaType: v.nullable(v.string()),
  uncompressedSize: SizeSchema,
  step: v.string(),
  createdBy: v.string(),
  fragments: v.array(FragmentRecordSchema),
});

/** The point-in-time record of one platform's image. It depends on manifest, config and layer bytes alone. */
export const SnapshotSchema = v.strictObject({
  schema: v.literal(SNAPSHOT_SCHEMA),
  platform: PlatformSchema,
  manifest: v.nullable(v.strictObject({ digest: DigestSchema, mediaType: v.string(), size: SizeSchema })),
  config: v.strictObject({ digest: DigestSchema, size: SizeSchema }),
  layers: v.array(SnapshotLayerSchema),
});

export type FragmentRecord = v.InferOutput<typeof FragmentRecordSchema>;
export type SnapshotLayer = v.InferOutput<typeof SnapshotLayerSchema>;
export type Snapshot = v.InferOutput<typeof SnapshotSchema>;
