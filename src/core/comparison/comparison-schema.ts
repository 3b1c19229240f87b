import * as v from 'valibot';
import { fileStateFields } from '../rootfs/tree-schema.ts';
import type { SameType } from '../words/same-type.ts';
import { Base64Schema, DigestSchema, IntegerSchema, PlatformSchema, SizeSchema } from '../words/schemas.ts';
import { COMPARISON_SCHEMA, type Comparison } from './comparison.ts';

const ComparisonSideSchema = v.strictObject({
  snapshotDigest: DigestSchema,
  manifestDigest: v.nullable(DigestSchema),
  configDigest: DigestSchema,
  platform: PlatformSchema,
  layerCount: SizeSchema,
  compressedSize: v.nullable(SizeSchema),
  uncompressedSize: SizeSchema,
});

const LayerSummarySchema = v.strictObject({
  unchanged: SizeSchema,
  recompressed: SizeSchema,
  moved: SizeSchema,
  rebuilt: SizeSchema,
  added: SizeSchema,
  removed: SizeSchema,
  reuseRatio: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  firstRebuilt: v.nullable(SizeSchema),
  cascade: v.strictObject({ layers: SizeSchema, uncompressedSize: SizeSchema }),
});

const ComparedLayerSchema = v.strictObject({
  index: SizeSchema,
  digest: v.nullable(DigestSchema),
  diffId: DigestSchema,
  size: v.nullable(SizeSchema),
  uncompressedSize: SizeSchema,
  mediaType: v.nullable(v.string()),
  step: v.string(),
});

const LayerDifferenceSchema = v.strictObject({
  status: v.picklist(['unchanged', 'recompressed', 'moved', 'rebuilt', 'added', 'removed']),
  cause: v.exactOptional(
    v.picklist([
      'content',
      'timestamps',
      'ownership',
      'mode',
      'xattrs',
      'order',
      'metadata',
      'tar-encoding',
      'step',
    ]),
  ),
  base: v.exactOptional(ComparedLayerSchema),
  target: v.exactOptional(ComparedLayerSchema),
});

const FileStateSchema = v.strictObject(fileStateFields);

const FileDifferenceSchema = v.strictObject({
  path: v.string(),
  pathBase64: v.exactOptional(Base64Schema),
  status: v.picklist(['added', 'modified', 'removed']),
  changes: v.array(v.picklist(['content', 'type', 'mode', 'owner', 'link', 'xattrs', 'device', 'mtime'])),
  volatile: v.exactOptional(v.literal(true)),
  base: v.exactOptional(FileStateSchema),
  target: v.exactOptional(FileStateSchema),
  layer: v.nullable(SizeSchema),
});

/** What differs between two snapshots. Null in place of a section or number means not analysed or not known. */
export const ComparisonSchema = v.strictObject({
  schema: v.literal(COMPARISON_SCHEMA),
  base: ComparisonSideSchema,
  target: ComparisonSideSchema,
  changed: v.boolean(),
  summary: LayerSummarySchema,
  size: v.strictObject({
    uncompressedDelta: IntegerSchema,
    compressedDelta: v.nullable(IntegerSchema),
    pullBytes: v.nullable(SizeSchema),
  }),
  layers: v.array(LayerDifferenceSchema),
  files: v.nullable(
    v.strictObject({
      added: SizeSchema,
      modified: SizeSchema,
      removed: SizeSchema,
      volatile: SizeSchema,
      entries: v.array(FileDifferenceSchema),
    }),
  ),
  packages: v.null(),
  config: v.nullable(
    v.array(
      v.strictObject({
        path: v.string(),
        base: v.unknown(),
        target: v.unknown(),
        volatile: v.exactOptional(v.literal(true)),
      }),
    ),
  ),
});

true satisfies SameType<v.InferOutput<typeof ComparisonSchema>, Comparison>;
