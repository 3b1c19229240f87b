import * as v from 'valibot';
import { DigestSchema, SizeSchema } from '../words/schemas.ts';
import type { Stored } from '../words/stored.ts';
import type { ImageConfig } from './config.ts';
import { JsonObject } from './raw-document.ts';

const statedDocument = {
  digest: DigestSchema,
  mediaType: v.string(),
  /** In bytes. */
  size: SizeSchema,
};

/** A layer as manifest, config and history state it. */
const InspectedLayerSchema = v.strictObject({
  index: SizeSchema,
  diffId: DigestSchema,
  /** Digest and bytes of the blob as distributed; null where nothing is distributed. */
  digest: v.nullable(DigestSchema),
  size: v.nullable(SizeSchema),
  mediaType: v.nullable(v.string()),
  /** The instruction that made it; empty where the history does not say. */
  step: v.string(),
  /** RFC 3339, as the history states it. */
  created: v.nullable(v.string()),
});

const InspectedPlatformSchema = v.strictObject({
  platform: v.string(),
  /** Null where the place keeps none as distributed. */
  manifest: v.nullable(v.strictObject(statedDocument)),
  config: v.strictObject({
    ...statedDocument,
    /** The config itself, whatever is in it. */
    content: JsonObject as v.GenericSchema as v.GenericSchema<unknown, ImageConfig>,
  }),
  layers: v.array(InspectedLayerSchema),
  findings: v.array(
    v.strictObject({
      code: v.string(),
      path: v.exactOptional(v.string()),
      detail: v.exactOptional(v.string()),
    }),
  ),
});

/** What an image is, as its manifest and config state it, and what `inspect --format json` prints. No layer is read. */
export const InspectOutputSchema = v.strictObject({
  reference: v.string(),
  /** Of the index or manifest that the reference leads to; null where the place keeps none. */
  digest: v.nullable(DigestSchema),
  /** All that the place has, also those that are not among `images`. */
  platforms: v.array(v.string()),
  /** Images that the index names and the place lacks: their platforms, or their digests. */
  absent: v.array(v.string()),
  /** What else the index names. */
  attachments: v.array(
    v.strictObject({
      kind: v.picklist(['attestation', 'artifact']),
      digest: DigestSchema,
      mediaType: v.string(),
      /** Bytes of the manifest. */
      size: SizeSchema,
      artifactType: v.nullable(v.string()),
      /** The image manifest that it speaks of, if it says so. */
      subject: v.nullable(DigestSchema),
    }),
  ),
  images: v.array(InspectedPlatformSchema),
});

export type InspectedLayer = Stored<typeof InspectedLayerSchema>;
export type InspectedPlatform = Stored<typeof InspectedPlatformSchema>;
export type InspectedImage = Stored<typeof InspectOutputSchema>;
