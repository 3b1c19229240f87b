import * as v from 'valibot';
import { DigestSchema, SizeSchema } from '../snapshot/snapshot.ts';
import { SURFACE_SCHEMA } from './artefact.ts';

const TimeSchema = v.pipe(v.string(), v.isoTimestamp());

/** The manifest of one artefact. */
export const ArtefactManifestSchema = v.strictObject({
  schema: v.literal(SURFACE_SCHEMA),
  tenant: v.string(),
  kind: v.string(),
  digest: DigestSchema,
  createdAt: TimeSchema,
  expiresAt: v.nullable(TimeSchema),
  source: v.strictObject({
    scannerBuild: v.string(),
    imageDigest: v.nullable(DigestSchema),
    scanId: v.string(),
  }),
  storage: v.strictObject({
    bucket: v.literal('surface-cache'),
    objectKey: v.string(),
    sizeBytes: SizeSchema,
    contentType: v.string(),
  }),
  integrity: v.strictObject({ hash: DigestSchema, signature: v.nullable(v.string()) }),
});

/** The manifest of one image: everything that derives from it, sorted by kind, then uri. */
export const SurfaceManifestSchema = v.strictObject({
  schema: v.literal(SURFACE_SCHEMA),
  tenant: v.string(),
  imageDigest: DigestSchema,
  source: v.strictObject({ component: v.string(), version: v.string() }),
  artifacts: v.array(
    v.strictObject({
      kind: v.string(),
      uri: v.string(),
      digest: DigestSchema,
      mediaType: v.string(),
      format: v.string(),
      sizeBytes: SizeSchema,
      view: v.exactOptional(v.string()),
    }),
  ),
});

export type ArtefactManifest = v.InferOutput<typeof ArtefactManifestSchema>;
export type SurfaceManifest = v.InferOutput<typeof SurfaceManifestSchema>;
export type SurfaceArtifact = SurfaceManifest['artifacts'][number];
