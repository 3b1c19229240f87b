import * as v from 'valibot';
import { type Digest, isDigest } from '../../base/digest.ts';
import { looseShape } from '../../core/image/raw-document.ts';

/** Engines write digests with their algorithm; older Podman leaves it out. */
const EngineDigest = v.pipe(
  v.string(),
  v.transform((text) => (/^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text)),
  v.custom<Digest>((text) => typeof text === 'string' && isDigest(text), 'not a digest'),
);

const text = v.optional(v.string(), '');
const names = v.optional(v.array(v.string()), []);

const PlatformSchema = v.looseObject({
  os: v.string(),
  architecture: v.string(),
  variant: v.exactOptional(v.string()),
});

const DescriptorSchema = looseShape({
  mediaType: v.string(),
  digest: EngineDigest,
  size: v.number(),
  annotations: v.exactOptional(v.record(v.string(), v.string())),
  platform: v.exactOptional(PlatformSchema),
});

/** What an engine says of one image. @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageInspect */
export const InspectionSchema = looseShape({
  /** The config's digest; where containerd keeps the images, that of the manifest or index. */
  Id: EngineDigest,
  RepoTags: names,
  RepoDigests: names,
  /** The diffIDs of the image for the machine that the engine runs on. */
  RootFS: v.optional(looseShape({ Layers: v.optional(v.array(v.string()), []) }), { Layers: [] }),
  Os: text,
  Architecture: text,
  Variant: text,
  /** In bytes, uncompressed. */
  Size: v.optional(v.number(), 0),
  /** Engines from 28 on whose images containerd keeps: the manifest or index that the image is. */
  Descriptor: v.exactOptional(DescriptorSchema),
  /** On request, from engines from 28 on: what stands in that index, attestations too. */
  Manifests: v.optional(
    v.array(
      looseShape({
        Descriptor: DescriptorSchema,
        Available: v.optional(v.boolean(), false),
        Kind: text,
        ImageData: v.exactOptional(looseShape({ Platform: PlatformSchema })),
      }),
    ),
    [],
  ),
});

export type Inspection = v.InferOutput<typeof InspectionSchema>;

/** Where there is nothing to list, older engines write null. */
const listed = v.pipe(
  v.nullish(v.array(v.string()), []),
  v.transform((names) => names ?? []),
);

export const ImageListSchema = v.array(
  looseShape({ Id: EngineDigest, RepoTags: names, RepoDigests: listed }),
);

export type ImageList = v.InferOutput<typeof ImageListSchema>;

/** Where and how the engine keeps what it has. */
export const InfoSchema = looseShape({
  Driver: text,
  DockerRootDir: text,
  DriverStatus: v.optional(v.array(v.array(v.string())), []),
});

export type EngineInfo = v.InferOutput<typeof InfoSchema>;

export const RefusalSchema = v.union([
  looseShape({ message: v.string() }),
  looseShape({ cause: v.string() }),
]);
