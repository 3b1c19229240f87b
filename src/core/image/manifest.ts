import * as v from 'valibot';
import { VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import { type Descriptor, DescriptorSchema, descriptorEntries, verifyEmbedded } from './descriptor.ts';
import { isIndexType, isManifestType, OCI_INDEX, OCI_MANIFEST } from './media-type.ts';
import {
  type DeclaredDocument,
  looseShape,
  parseJsonObject,
  parseShape,
  type RawDocument,
  readFields,
  verifyDocument,
} from './raw-document.ts';

export type { Descriptor } from './descriptor.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [unknown: string]: unknown;
}

/** One line of an index: a manifest, or another index. */
export interface IndexEntry extends Descriptor {
  readonly platform?: {
    readonly os: string;
    readonly architecture: string;
    readonly variant?: string;
    readonly [unknown: string]: unknown;
  };
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests: readonly IndexEntry[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [unknown: string]: unknown;
}

/** Engines written in Go write an empty list as null. */
const list = <const T extends v.GenericSchema>(item: T) =>
  v.pipe(
    v.nullable(v.array(item)),
    v.transform((items) => items ?? []),
  );

const common = {
  schemaVersion: v.literal(2),
  mediaType: v.exactOptional(v.string()),
  artifactType: v.exactOptional(v.string()),
  annotations: v.exactOptional(v.record(v.string(), v.string())),
};

const ManifestSchema = looseShape({
  ...common,
  config: DescriptorSchema,
  layers: list(DescriptorSchema),
  subject: v.exactOptional(DescriptorSchema),
});

const PlatformSchema = looseShape({
  os: v.string(),
  architecture: v.string(),
  variant: v.exactOptional(v.string()),
});

const IndexEntrySchema = v.pipe(
  looseShape({ ...descriptorEntries, platform: v.exactOptional(PlatformSchema) }),
  v.transform(verifyEmbedded),
);

const IndexSchema = looseShape({ ...common, manifests: list(IndexEntrySchema) });

/**
 * Reads an image manifest from its exact bytes. OCI 1.1 and Docker schema 2.
 * @throws VarveError `malformed`, `unsupported`, `digest-mismatch`, `size-mismatch`, `limit-exceeded`.
 */
export function parseManifest(
  bytes: Uint8Array,
  declared: DeclaredDocument,
  limits: Limits,
): RawDocument<ImageManifest> {
  const digest = verifyDocument(bytes, declared, limits);
  const body = parseJsonObject(bytes, declared.object);
  const mediaType = checkKind(body, declared, 'manifest');
  return { bytes, digest, mediaType, value: parseShape(ManifestSchema, body, declared.object) };
}

/** Reads an image index, or a Docker manifest list, from its exact bytes. Throws as `parseManifest` does. */
export function parseIndex(
  bytes: Uint8Array,
  declared: DeclaredDocument,
  limits: Limits,
): RawDocument<ImageIndex> {
  const digest = verifyDocument(bytes, declared, limits);
  const body = parseJsonObject(bytes, declared.object);
  const mediaType = checkKind(body, declared, 'index');
  return { bytes, digest, mediaType, value: parseShape(IndexSchema, body, declared.object) };
}

const KINDS = {
  manifest: { isType: isManifestType, fallback: OCI_MANIFEST, foreign: ['manifests'] },
  index: { isType: isIndexType, fallback: OCI_INDEX, foreign: ['config', 'layers'] },
} as const;

const KIND_FIELDS = ['schemaVersion', 'mediaType', 'fsLayers', 'manifests', 'config', 'layers'];

/**
 * One document must not be read as a manifest by one program and as an index by another (CVE-2021-41190):
 * the media type it was fetched under, the one it states and its fields have to agree.
 */
function checkKind(
  document: Record<string, unknown>,
  { object, mediaType: declared }: DeclaredDocument,
  kind: keyof typeof KINDS,
): string {
  const body = readFields(document, KIND_FIELDS, object);
  if (body.schemaVersion === 1 || 'fsLayers' in body) {
    throw new VarveError('unsupported', `${object} has the old manifest schema 1`, {
      object,
      hint: 'build or push the image again with a current engine',
    });
  }
  const { isType, fallback, foreign } = KINDS[kind];
  const stray = foreign.find((field) => field in body);
  if (stray !== undefined) {
    throw new VarveError('malformed', `${object} should be an image ${kind}, but has "${stray}"`, { object });
  }
  const stated = body.mediaType;
  const mediaType = typeof stated === 'string' ? stated : (declared ?? fallback);
  // A single image stays one, whichever of the two standards it claims to follow.
  const agrees = declared === null || mediaType === declared || (kind === 'manifest' && isType(declared));
  if (!agrees || !isType(mediaType)) {
    const found = JSON.stringify(mediaType.slice(0, 100));
    throw new VarveError(
      'malformed',
      `${object} says that it is ${found}, not ${declared ?? `an image ${kind}`}`,
      {
        object,
      },
    );
  }
  return mediaType;
}
