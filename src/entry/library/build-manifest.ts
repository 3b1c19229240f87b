import { canonicalBytes } from '../../base/canonical-json.ts';
import { digestOf, parseDigest } from '../../base/digest.ts';
import { buildSurfaceManifest, parseSurfaceManifest } from '../../core/surface/surface-manifest.ts';
import { surfaceManifestUri } from '../../core/surface/uris.ts';
import { DEFAULT_TENANT } from '../../core/words/names.ts';
import { VERSION } from '../version.ts';
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

/**
 * Builds the surface manifest of an image: the same bytes whatever the order of its artifacts.
 * @returns the manifest, its canonical bytes, their digest, and its `cas://` URI.
 * @throws VarveError `bad-reference` for a digest that is not one; `malformed` for artifacts that cannot stand in one.
 */
export function buildManifest({ tenant = DEFAULT_TENANT, imageDigest, artifacts }: ManifestParts): {
  readonly manifest: SurfaceManifest;
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly uri: string;
} {
  const described = artifacts.map((artifact) => ({ ...artifact, digest: parseDigest(artifact.digest) }));
  const source = { component: 'varve', version: VERSION };
  const parts = { tenant, imageDigest: parseDigest(imageDigest), source, artifacts: described };
  const bytes = canonicalBytes(buildSurfaceManifest(parts));
  const digest = digestOf(bytes);
  const manifest = parseSurfaceManifest(bytes, { tenant, digest }, 'the manifest');
  return { manifest, bytes, digest, uri: surfaceManifestUri(tenant, digest) };
}
