import * as v from 'valibot';
import { BaseImageSchema } from '../image/base-image.ts';
import type { ImageSize } from '../snapshot/image-size.ts';
import type { Platform } from '../words/platform.ts';
import { DigestSchema, PlatformSchema, SizeSchema, TenantSchema } from '../words/schemas.ts';
import { MillisecondTimeSchema } from '../words/time.ts';

export const HISTORY_SCHEMA = 'varve.history@1';

/** One snapshot that was taken: when, of what, by which run. Primary data, immutable. */
export const HistoryEntrySchema = v.strictObject({
  schema: v.literal(HISTORY_SCHEMA),
  tenant: TenantSchema,
  name: v.string(),
  platform: PlatformSchema,
  /** All that the image was for, where the run took several platforms; left out where it took one, or very many. */
  platforms: v.exactOptional(v.array(PlatformSchema)),
  /**
   * What stands for other images that the place led to and that were not looked at: the digest of the manifest, or of
   * that and all that engines choose by. Of very many, the digest of their list.
   */
  passedOver: v.exactOptional(v.array(DigestSchema)),
  /** The platform that the index listed the image for, where its config states another one. */
  listedPlatform: v.exactOptional(PlatformSchema),
  /** The image that it is built on, as the run found it; left out where none was found. */
  baseImage: v.exactOptional(BaseImageSchema),
  /** When it was taken. */
  time: MillisecondTimeSchema,
  snapshotDigest: DigestSchema,
  surfaceManifestDigest: DigestSchema,
  reference: v.string(),
  commit: v.nullable(v.string()),
  branch: v.nullable(v.string()),
  /** Number of the pull request whose run took it; such entries serve reuse, never as a baseline of others. */
  pullRequest: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  scanId: v.string(),
});

export type HistoryEntry = v.InferOutput<typeof HistoryEntrySchema>;

/** What `history --format json` prints of a snapshot: the entry, and what its document tells; null where that is gone. */
export const HistoryOutputSchema = v.strictObject({
  ...HistoryEntrySchema.entries,
  layers: v.nullable(SizeSchema),
  size: v.nullable(v.strictObject({ compressedSize: v.nullable(SizeSchema), uncompressedSize: SizeSchema })),
});

export type HistoryOutput = v.InferOutput<typeof HistoryOutputSchema>;

/** The history of one name and platform. */
export interface HistoryScope {
  readonly tenant: string;
  readonly name: string;
  readonly platform: Platform;
}

/** One snapshot of the history, with what its document tells; null where that is gone. */
export interface HistoryRow {
  readonly entry: HistoryEntry;
  readonly layers: number | null;
  readonly size: ImageSize | null;
}

/** A row as programs read it. */
export const toOutput = ({ entry, layers, size }: HistoryRow): HistoryOutput => ({ ...entry, layers, size });
