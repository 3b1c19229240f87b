import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { ItemKey, PayloadFormat } from './item.ts';
import {
  manifestPath,
  parseManifestPath,
  parsePayloadPath,
  payloadPath,
  surfaceManifestPath,
} from './paths.ts';

/** Two logical buckets, constants of the format: never where a store keeps its bytes. */
const MANIFEST_BUCKET = 'cas://surface-manifests/';
const PAYLOAD_BUCKET = 'cas://surface-cache/';

/** What a `cas://` URI names; surface manifests are of kind `image.surface`. */
export type SurfaceObject =
  | { readonly type: 'manifest'; readonly key: ItemKey }
  | { readonly type: 'payload'; readonly key: ItemKey; readonly format: PayloadFormat };

export function manifestUri(key: ItemKey): string {
  return `${MANIFEST_BUCKET}${manifestPath(key)}`;
}

export function surfaceManifestUri(tenant: string, digest: Digest): string {
  return `${MANIFEST_BUCKET}${surfaceManifestPath(tenant, digest)}`;
}

export function payloadUri(key: ItemKey, format: PayloadFormat): string {
  return `${PAYLOAD_BUCKET}${payloadPath(key, format)}`;
}

/**
 * Reads a `cas://` URI back into what it names.
 * @throws VarveError `bad-reference` for anything that the functions above do not write.
 */
export function parseSurfaceUri(uri: string): SurfaceObject {
  if (uri.startsWith(MANIFEST_BUCKET)) {
    const key = parseManifestPath(uri.slice(MANIFEST_BUCKET.length));
    if (key !== null) return { type: 'manifest', key };
  }
  if (uri.startsWith(PAYLOAD_BUCKET)) {
    const payload = parsePayloadPath(uri.slice(PAYLOAD_BUCKET.length));
    if (payload !== null) return { type: 'payload', ...payload };
  }
  throw new VarveError(
    'bad-reference',
    `${JSON.stringify(uri.slice(0, 300))} is not a URI of a surface object`,
    {
      object: uri.slice(0, 300),
      hint: 'take it from a pointer or a surface manifest: cas://surface-manifests/… or cas://surface-cache/…',
    },
  );
}
