import * as v from 'valibot';
import type { ItemKey, PayloadFormat } from '../surface/item.ts';
import { FormatSchema, mediaTypeOf } from '../surface/keys.ts';
import { payloadUri } from '../surface/uris.ts';
import { DigestSchema, KindSchema, SizeSchema } from '../words/schemas.ts';

export const ANNOTATION_SCHEMA = 'varve.sbom-annotation@1';

/** What an annotation of an SPDX document says: a kind, the digest and size of its bytes, and where these are kept. */
export const AnnotationSchema = v.strictObject({
  schema: v.literal(ANNOTATION_SCHEMA),
  kind: KindSchema,
  digest: DigestSchema,
  mediaType: v.string(),
  format: FormatSchema,
  sizeBytes: SizeSchema,
  /** Of the payload in the store; null when it was not kept. */
  uri: v.nullable(v.string()),
  /** Who made it, unless Varve did. */
  view: v.exactOptional(v.string()),
  /** Of a list of files: names of every type, and regular files with the sum of their bytes. */
  entries: v.exactOptional(SizeSchema),
  files: v.exactOptional(SizeSchema),
  contentBytes: v.exactOptional(SizeSchema),
});

export type Annotation = v.InferOutput<typeof AnnotationSchema>;

/** What an annotation is about. */
export interface Annotated {
  readonly key: ItemKey;
  readonly format: PayloadFormat;
  readonly sizeBytes: number;
}

/** @param kept whether a store has it. @param more what is said in addition. */
export function annotate(
  { key, format, sizeBytes }: Annotated,
  kept: boolean,
  more: Pick<Annotation, 'view' | 'entries' | 'files' | 'contentBytes'> = {},
): Annotation {
  return {
    schema: ANNOTATION_SCHEMA,
    kind: key.kind,
    digest: key.digest,
    mediaType: mediaTypeOf(format),
    format,
    sizeBytes,
    uri: kept ? payloadUri(key, format) : null,
    ...more,
  };
}
