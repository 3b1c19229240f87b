import * as v from 'valibot';
import { FileStateSchema } from '../rootfs/file-state.ts';
import { isKind } from '../words/names.ts';
import { Base64Schema, DigestSchema, IntegerSchema, PlatformSchema, SizeSchema } from '../words/schemas.ts';
import type { Stored } from '../words/stored.ts';

export type { FileState } from '../rootfs/file-state.ts';

export const COMPARISON_SCHEMA = 'varve.comparison@2';
export const OLD_COMPARISON_SCHEMA = 'varve.comparison@1';

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
  /** Index of the first target layer that is not the base's; null when there is none. */
  firstRebuilt: v.nullable(SizeSchema),
  /** The layers from there on that were shipped again because of it. */
  cascade: v.strictObject({ layers: SizeSchema, uncompressedSize: SizeSchema }),
});

const SizeSummarySchema = v.strictObject({
  uncompressedDelta: IntegerSchema,
  compressedDelta: v.nullable(IntegerSchema),
  pullBytes: v.nullable(SizeSchema),
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

const FileDifferenceSchema = v.strictObject({
  path: v.string(),
  pathBase64: v.exactOptional(Base64Schema),
  status: v.picklist(['added', 'modified', 'removed']),
  /** `link`: a symlink leads elsewhere; `links`: the inode has other names than before, or has none any more. */
  changes: v.array(
    v.picklist(['content', 'type', 'mode', 'owner', 'link', 'xattrs', 'device', 'mtime', 'links']),
  ),
  volatile: v.exactOptional(v.literal(true)),
  base: v.exactOptional(FileStateSchema),
  target: v.exactOptional(FileStateSchema),
  /**
   * Index of the target layer that gave the present state; of what is gone, the layer that hides it or was built
   * without it, and null where it went with a removed layer.
   */
  layer: v.nullable(SizeSchema),
});

const FileDifferencesSchema = v.strictObject({
  added: SizeSchema,
  modified: SizeSchema,
  removed: SizeSchema,
  volatile: SizeSchema,
  entries: v.array(FileDifferenceSchema),
});

const ConfigDifferenceSchema = v.strictObject({
  /** JSON pointer into the config, lists such as `Env` by name: `/config/Env/PATH`. */
  path: v.string(),
  /** Null where a side does not have it. */
  base: v.unknown(),
  target: v.unknown(),
  volatile: v.exactOptional(v.literal(true)),
});

/** The fields of every version. */
export const comparisonFields = {
  base: ComparisonSideSchema,
  target: ComparisonSideSchema,
  /** Null where nothing differs that means something, but from a baseline that may be forged. */
  changed: v.nullable(v.boolean()),
  summary: LayerSummarySchema,
  size: SizeSummarySchema,
  layers: v.array(LayerDifferenceSchema),
  files: v.nullable(FileDifferencesSchema),
  /** Null when the configs differ and one of them is not there to be read. */
  config: v.nullable(v.array(ConfigDifferenceSchema)),
};

/** What else was compared. Only code that knows a section reads its content; all other code carries it along. */
type Section = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Sections by name, such as `packages`; null where a side was not analyzed for one. Checked without a copy: that would
 * leave out keys such as `constructor`.
 */
export const SectionsSchema = v.custom<Readonly<Record<string, Section | null>>>(
  (value) =>
    isObject(value) &&
    Object.entries(value).every(([name, section]) => isKind(name) && (section === null || isObject(section))),
  'expected sections by name, each an object or null',
);

/**
 * What differs between two snapshots under the given options. Null in place of a section or number means not analyzed
 * or not known, never none.
 */
export const ComparisonSchema = v.strictObject({
  schema: v.literal(COMPARISON_SCHEMA),
  ...comparisonFields,
  sections: SectionsSchema,
});

export type Comparison = Stored<typeof ComparisonSchema>;
export type ComparisonSide = Stored<typeof ComparisonSideSchema>;
export type LayerSummary = Stored<typeof LayerSummarySchema>;
export type SizeSummary = Stored<typeof SizeSummarySchema>;
export type ComparedLayer = Stored<typeof ComparedLayerSchema>;
export type LayerDifference = Stored<typeof LayerDifferenceSchema>;
export type LayerStatus = LayerDifference['status'];
export type RebuildCause = NonNullable<LayerDifference['cause']>;
export type FileDifference = Stored<typeof FileDifferenceSchema>;
export type FileChange = FileDifference['changes'][number];
export type FileDifferences = Stored<typeof FileDifferencesSchema>;
export type ConfigDifference = Stored<typeof ConfigDifferenceSchema>;
export type Sections = Comparison['sections'];
