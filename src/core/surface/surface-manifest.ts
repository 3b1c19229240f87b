import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import { SURFACE_SCHEMA, type SurfaceItem } from './item.ts';
import { mediaTypeOf } from './keys.ts';
import { type ListedItem, type SurfaceManifest, SurfaceManifestSchema } from './manifest.ts';
import { parseSurfaceUri, payloadUri } from './uris.ts';

/** How a surface manifest lists an item that is about to be stored. */
export function listItem(item: Pick<SurfaceItem, 'key' | 'format' | 'sizeBytes'>): ListedItem {
  const { key, format, sizeBytes } = item;
  const { kind, digest } = key;
  return { kind, uri: payloadUri(key, format), digest, mediaType: mediaTypeOf(format), format, sizeBytes };
}

/**
 * The manifest of an image: the same whatever the order its items come in, and however often one of them does.
 * @param source what made it, and its version.
 */
export function buildSurfaceManifest(parts: {
  readonly tenant: string;
  readonly imageDigest: Digest;
  readonly source: { readonly component: string; readonly version: string };
  readonly artifacts: readonly ListedItem[];
}): SurfaceManifest {
  const byUri = new Map(parts.artifacts.map((item) => [item.uri, item]));
  return {
    schema: SURFACE_SCHEMA,
    tenant: parts.tenant,
    imageDigest: parts.imageDigest,
    source: { ...parts.source },
    artifacts: [...byUri.values()].sort(compareItems),
  };
}

export function surfaceManifestDigest(manifest: SurfaceManifest): Digest {
  return digestOf(canonicalBytes(manifest));
}

/**
 * Reads a surface manifest and verifies it against its digest.
 * @param object names it in errors.
 * @throws VarveError `digest-mismatch`; `malformed`, also for items that are unsorted, repeated or of another tenant.
 */
export function parseSurfaceManifest(
  bytes: Uint8Array,
  expected: { readonly tenant: string; readonly digest: Digest },
  object: string,
): SurfaceManifest {
  if (digestOf(bytes) !== expected.digest) {
    throw new VarveError('digest-mismatch', `${object} does not hash to its name`, { object });
  }
  const manifest = parseStored(SurfaceManifestSchema, bytes, object);
  if (manifest.tenant !== expected.tenant) throw malformed(object, `belongs to tenant ${manifest.tenant}`);
  manifest.artifacts.forEach((item, index) => {
    const before = manifest.artifacts[index - 1];
    if (before !== undefined && compareItems(before, item) >= 0) {
      throw malformed(object, `artifacts.${index} is out of order`);
    }
    if (item.uri !== uriOf(item, expected.tenant)) {
      throw malformed(object, `artifacts.${index}: uri does not name its kind and digest`);
    }
  });
  return manifest;
}

/** The key of a listed item. @throws VarveError for a uri that is not one. */
export function keyOfListed(item: ListedItem) {
  return parseSurfaceUri(item.uri).key;
}

function uriOf({ kind, digest, format }: ListedItem, tenant: string): string {
  return payloadUri({ tenant, kind, digest }, format);
}

function compareItems(a: ListedItem, b: ListedItem): number {
  return compareTexts(a.kind, b.kind) || compareTexts(a.uri, b.uri);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
