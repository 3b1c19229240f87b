import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { type Digest, digestOf, hexOf } from '../../src/base/digest.ts';
import {
  DOCKER_CONFIG,
  DOCKER_INDEX,
  DOCKER_MANIFEST,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../src/core/image/media-type.ts';
import type { Platform } from '../../src/core/words/platform.ts';

type Json = Record<string, unknown>;

/** Bytes with what a descriptor says of them. */
export interface MadeBlob {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly descriptor: Json & { readonly digest: Digest; readonly size: number };
}

export interface MadeLayer extends MadeBlob {
  /** The layer's uncompressed tar. */
  readonly tar: Buffer;
  readonly diffId: Digest;
}

export interface MadeImage extends MadeBlob {
  readonly config: MadeBlob;
  readonly layers: readonly MadeLayer[];
  /** Manifest, config and layers. */
  readonly blobs: readonly MadeBlob[];
}

export function makeBlob(bytes: Buffer, mediaType: string, more: Json = {}): MadeBlob {
  const digest = digestOf(bytes);
  return { bytes, digest, descriptor: { mediaType, digest, size: bytes.length, ...more } };
}

export const makeJson = (value: unknown, mediaType: string, more: Json = {}): MadeBlob =>
  makeBlob(Buffer.from(JSON.stringify(value)), mediaType, more);

/** A tar of files by name; all times are zero, so that the same files give the same bytes. */
async function makeTar(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name, mtime: new Date(0) }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const LAYER_TYPES = {
  oci: {
    none: 'application/vnd.oci.image.layer.v1.tar',
    gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  },
  docker: {
    none: 'application/vnd.docker.image.rootfs.diff.tar',
    gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    zstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  },
} as const;

const COMPRESS = {
  none: (tar: Buffer) => tar,
  gzip: (tar: Buffer) => gzipSync(tar),
  zstd: (tar: Buffer) => zstdCompressSync(tar),
} as const;

export async function makeLayer(
  files: Readonly<Record<string, string>>,
  compression: 'none' | 'gzip' | 'zstd' = 'gzip',
  more: Json = {},
  flavour: 'oci' | 'docker' = 'oci',
): Promise<MadeLayer> {
  return layerOf(await makeTar(files), compression, more, flavour);
}

/** The layer that a tar becomes when it is distributed. */
export function layerOf(
  tar: Buffer,
  compression: keyof typeof COMPRESS = 'gzip',
  more: Json = {},
  flavour: keyof typeof LAYER_TYPES = 'oci',
): MadeLayer {
  const blob = makeBlob(COMPRESS[compression](tar), LAYER_TYPES[flavour][compression], more);
  return { ...blob, tar, diffId: digestOf(tar) };
}

export interface ImagePlan {
  readonly platform?: Platform;
  /** Fields of the config, manifest and descriptor that replace the usual ones. */
  readonly config?: Json;
  readonly manifest?: Json;
  readonly descriptor?: Json;
  readonly flavour?: 'oci' | 'docker';
}

export function makeImage(layers: readonly MadeLayer[], plan: ImagePlan = {}): MadeImage {
  const docker = plan.flavour === 'docker';
  const mediaType = docker ? DOCKER_MANIFEST : OCI_MANIFEST;
  const config = makeJson(
    {
      ...(plan.platform ?? { os: 'linux', architecture: 'amd64' }),
      config: { Env: ['PATH=/bin'] },
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      history: layers.map((_, index) => ({ created_by: `RUN step ${index} # buildkit` })),
      ...plan.config,
    },
    docker ? DOCKER_CONFIG : OCI_CONFIG,
  );
  const manifest = makeJson(
    {
      schemaVersion: 2,
      mediaType,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
      ...plan.manifest,
    },
    mediaType,
    plan.descriptor,
  );
  return { ...manifest, config, layers, blobs: [manifest, config, ...layers] };
}

/** An index, or a Docker manifest list, of descriptors. */
export function makeIndex(
  manifests: readonly Json[],
  more: Json = {},
  flavour: 'oci' | 'docker' = 'oci',
): MadeBlob {
  const mediaType = flavour === 'docker' ? DOCKER_INDEX : OCI_INDEX;
  return makeJson({ schemaVersion: 2, mediaType, manifests }, mediaType, more);
}

/** A statement of in-toto about some images. */
export function makeStatement(
  subjects: readonly Digest[],
  predicateType = 'https://slsa.dev/provenance/v1',
  predicate: unknown = {},
): MadeBlob {
  return makeJson(
    {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType,
      subject: subjects.map((digest) => ({ name: '_', digest: { sha256: hexOf(digest) } })),
      predicate,
    },
    'application/vnd.in-toto+json',
    { annotations: { 'in-toto.io/predicate-type': predicateType } },
  );
}

/** A manifest as BuildKit attaches it to an image: an attestation that travels as one. */
export function makeAttestation(
  subject: Digest,
  statements: readonly MadeBlob[] = [makeStatement([subject])],
): { readonly blobs: readonly MadeBlob[]; readonly descriptor: MadeBlob['descriptor'] } {
  const config = makeJson(
    {
      os: 'unknown',
      architecture: 'unknown',
      rootfs: { type: 'layers', diff_ids: statements.map(({ digest }) => digest) },
    },
    OCI_CONFIG,
  );
  const manifest = makeJson(
    {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: config.descriptor,
      layers: statements.map(({ descriptor }) => descriptor),
    },
    OCI_MANIFEST,
    {
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': subject,
      },
      platform: { os: 'unknown', architecture: 'unknown' },
    },
  );
  return { blobs: [manifest, config, ...statements], descriptor: manifest.descriptor };
}
