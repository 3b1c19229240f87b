import * as v from 'valibot';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import { BASELINE_RULES } from '../history/choose-baseline.ts';
import { BaseImageSchema } from '../image/base-image.ts';
import { ListedItemSchema } from '../surface/manifest.ts';
import { parseSurfaceUri } from '../surface/uris.ts';
import { DigestSchema, PlatformSchema, SizeSchema, TenantSchema } from '../words/schemas.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import { TimeSchema } from '../words/time.ts';

export const POINTER_SCHEMA = 'varve.pointer@1';

const PointerBaselineSchema = v.strictObject({
  /** By one of the rules of history, or because the user named it. */
  found: v.picklist([...BASELINE_RULES, 'image', 'snapshot']),
  /** Where it was, as a user names it: `dir:.varve`, an image reference, a snapshot digest. */
  place: v.string(),
  snapshotDigest: DigestSchema,
  commit: v.nullable(v.string()),
  branch: v.nullable(v.string()),
  /** When it was taken. */
  time: v.nullable(TimeSchema),
  /** Commits from it to the base commit (of a pull request) or to the built one (of a branch). */
  distance: v.nullable(SizeSchema),
  /** The author of what was compared with it may have made it. */
  unverified: v.exactOptional(v.literal(true)),
});

/** An oddity that was met: of a layer, or of the image as a whole. */
const PointerFindingSchema = v.strictObject({
  layer: v.nullable(SizeSchema),
  code: v.string(),
  path: v.exactOptional(v.string()),
  detail: v.exactOptional(v.string()),
});

/** A manifest next to the image in its index. */
const PointerAttachmentSchema = v.strictObject({
  kind: v.picklist(['attestation', 'artifact']),
  digest: DigestSchema,
  mediaType: v.string(),
  /** Bytes of the manifest. */
  size: SizeSchema,
  artifactType: v.nullable(v.string()),
  subject: v.nullable(DigestSchema),
  /** Of the statements of an attestation; empty for other things, and where it was not read. */
  predicateTypes: v.array(v.string()),
});

/** The instruction that made a layer, as the provenance of the build tells it. */
const PointerLocationSchema = v.strictObject({
  layer: SizeSchema,
  file: v.string(),
  firstLine: SizeSchema,
  lastLine: SizeSchema,
});

/** Names the surface manifest of an image, with the facts of the run that made it. */
export const PointerSchema = v.strictObject({
  schema: v.literal(POINTER_SCHEMA),
  manifestUri: v.string(),
  manifestDigest: DigestSchema,
  manifest: v.strictObject({ artifacts: v.array(ListedItemSchema) }),
  snapshotDigest: DigestSchema,
  image: v.strictObject({ reference: v.string(), name: v.string(), platform: PlatformSchema }),
  comparison: v.nullable(v.strictObject({ uri: v.string(), digest: DigestSchema })),
  /** What another tool saw of the image running; left out where nothing was given. */
  runtimeEvents: v.exactOptional(v.array(ListedItemSchema)),
  baseline: v.nullable(PointerBaselineSchema),
  /** What the images of the baseline and of the run are built on, null where that is not known; left out where nobody looked. */
  baseImage: v.exactOptional(
    v.strictObject({ before: v.nullable(BaseImageSchema), after: v.nullable(BaseImageSchema) }),
  ),
  layers: v.strictObject({
    total: SizeSchema,
    /** Layers that were known and not opened. */
    reused: SizeSchema,
    read: SizeSchema,
    /** Stored bytes that were read. */
    bytesRead: SizeSchema,
  }),
  findings: v.array(PointerFindingSchema),
  attachments: v.array(PointerAttachmentSchema),
  /** Only of the layers whose instruction is known; empty also when no layer was new to the baseline. */
  locations: v.array(PointerLocationSchema),
  run: v.strictObject({
    scanId: v.string(),
    generatedAt: TimeSchema,
    scannerBuild: v.string(),
    tenant: TenantSchema,
    commit: v.nullable(v.string()),
    branch: v.nullable(v.string()),
    pullRequest: v.nullable(SizeSchema),
  }),
});

export type Pointer = v.InferOutput<typeof PointerSchema>;
export type PointerBaseline = v.InferOutput<typeof PointerBaselineSchema>;

export function pointerBytes(pointer: Pointer): Buffer {
  return canonicalBytes(pointer);
}

/**
 * Reads a pointer.
 * @param object names it in errors.
 * @throws VarveError `malformed`, also where its URIs name something else than their digests; `limit-exceeded`.
 */
export function parsePointer(bytes: Uint8Array, object: string, limits: Limits = DEFAULT_LIMITS): Pointer {
  const pointer = parseStored(PointerSchema, bytes, object, limits);
  verifyPointer(pointer, object);
  return pointer;
}

/** @throws VarveError `malformed` where a URI names something else than its digest. */
export function verifyPointer(pointer: Pointer, object: string): void {
  const named = [
    { uri: pointer.manifestUri, digest: pointer.manifestDigest },
    ...pointer.manifest.artifacts,
    ...(pointer.runtimeEvents ?? []),
    ...(pointer.comparison === null ? [] : [pointer.comparison]),
  ];
  for (const { uri, digest } of named) {
    if (parseSurfaceUri(uri).key.digest !== digest)
      throw malformed(object, `${uri} is not of digest ${digest}`);
  }
}
