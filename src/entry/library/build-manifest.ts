import { canonicalBytes } from '../../base/canonical-json.ts';
import { digestOf, parseDigest } from '../../base/digest.ts';
import { OCI_MANIFEST } from '../../core/image/media-type.ts';
import { buildSurfaceManifest, parseSurfaceManifest } from '../../core/surface/surface-manifest.ts';
import { surfaceManifestUri } from '../../core/surface/uris.ts';
import { DEFAULT_TENANT } from '../../core/words/names.ts';
import { VERSION } from '../version.ts';
import type { BlobDescriptor } from './artifacts.ts';
import type { SurfaceManifest } from './documents.ts';

/** What the manifest of an image is made of. */
export interface ManifestParts {
  /** `default` when left out. */
  readonly tenant?: string;
  /** Digest of the image's manifest, or of its config where it has no manifest. */
  readonly imageDigest: string;
  /** In any order; of equal ones the last counts. */
  readonly artifacts: SurfaceManifest['artifacts'];
}

/** A surface manifest, its canonical bytes, their digest, and its `cas://` URI. */
export interface BuiltManifest {
  readonly manifest: SurfaceManifest;
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly uri: string;
}

/** The descriptor of a blob, which may say more of it. */
export interface AnnotatedDescriptor extends BlobDescriptor {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The manifest of an artifact: its descriptor, and its exact bytes. */
export interface BuiltArtifactManifest extends BlobDescriptor {
  readonly bytes: Uint8Array;
}

/**
 * Builds the manifest of an OCI artifact of a config and layers, which stay in their order. The same parts give the same
 * bytes.
 * @throws VarveError `bad-reference` for a digest that is not one.
 */
export function buildManifest(
  config: BlobDescriptor,
  layers: readonly AnnotatedDescriptor[],
  options?: { readonly artifactType?: string },
): BuiltArtifactManifest;
/**
 * Builds the surface manifest of an image: the same bytes whatever the order of its artifacts.
 * @returns the manifest, its canonical bytes, their digest, and its `cas://` URI.
 * @throws VarveError `bad-reference` for a digest that is not one; `malformed` for artifacts that cannot stand in one.
 */
export function buildManifest(parts: ManifestParts): BuiltManifest;
export function buildManifest(
  first: ManifestParts | BlobDescriptor,
  layers?: readonly AnnotatedDescriptor[],
  { artifactType }: { readonly artifactType?: string } = {},
): BuiltManifest | BuiltArtifactManifest {
  if ('artifacts' in first) return buildOfImage(first);
  const bytes = canonicalBytes({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...(artifactType !== undefined && { artifactType }),
    config: checkedDescriptor(first),
    layers: (layers ?? []).map(checkedDescriptor),
  });
  return { mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length, bytes };
}

const checkedDescriptor = ({ mediaType, digest, size, annotations }: AnnotatedDescriptor) => ({
  ...{ mediaType, digest: parseDigest(digest), size },
  ...(annotations && { annotations }),
});

function buildOfImage({ tenant = DEFAULT_TENANT, imageDigest, artifacts }: ManifestParts): BuiltManifest {
  const described = artifacts.map((artifact) => ({ ...artifact, digest: parseDigest(artifact.digest) }));
  const source = { component: 'varve', version: VERSION };
  const parts = { tenant, imageDigest: parseDigest(imageDigest), source, artifacts: described };
  const bytes = canonicalBytes(buildSurfaceManifest(parts));
  const digest = digestOf(bytes);
  const manifest = parseSurfaceManifest(bytes, { tenant, digest }, 'the manifest');
  return { manifest, bytes, digest, uri: surfaceManifestUri(tenant, digest) };
}
