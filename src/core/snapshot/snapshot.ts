import * as v from 'valibot';
import { FragmentRecordSchema } from '../analysis/fragment.ts';
import { DigestSchema, PlatformSchema, SizeSchema } from '../words/schemas.ts';

export const SNAPSHOT_SCHEMA = 'varve.snapshot@1';

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

export type SnapshotLayer = v.InferOutput<typeof SnapshotLayerSchema>;
export type Snapshot = v.InferOutput<typeof SnapshotSchema>;
