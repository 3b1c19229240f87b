import { type Digest, hexOf, isDigest } from '../../base/digest.ts';
import { isKind, isTenant } from '../words/names.ts';
import type { ItemKey, PayloadFormat } from './item.ts';
import { digestOfHex, FormatSchema, parseKey, SURFACE_KIND } from './keys.ts';

/** Everything stands under this path of the CAS root. */
export const SURFACE_ROOT = 'scanner/surface';
export const MANIFESTS = `${SURFACE_ROOT}/manifests`;
export const PAYLOADS = `${SURFACE_ROOT}/payloads`;
export const HISTORY = `${SURFACE_ROOT}/history`;
export const INDEX = `${SURFACE_ROOT}/index`;

/** Path of an item's manifest under the root. @throws VarveError for a key that is not well formed. */
export function manifestPath(key: ItemKey): string {
  const { tenant, kind, digest } = parseKey(key);
  return `${MANIFESTS}/tenants/${tenant}/${kind}/${hexOf(digest)}.json`;
}

/** Path of a surface manifest under the root. @throws VarveError for a tenant or digest that is not well formed. */
export function surfaceManifestPath(tenant: string, digest: Digest): string {
  return manifestPath({ tenant, kind: SURFACE_KIND, digest });
}

/** A payload's key within its bucket: `tenants/acme/layer.files/sha256/ab/12/<hex>/payload.ndjson.zst`. */
export function payloadObjectKey(key: ItemKey, format: PayloadFormat): string {
  const { tenant, kind, digest } = parseKey(key);
  const hex = hexOf(digest);
  const shard = `${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}`;
  return `tenants/${tenant}/${kind}/sha256/${shard}/payload.${format}.zst`;
}

/** Path of a payload under the root. @throws VarveError for a key that is not well formed. */
export function payloadPath(key: ItemKey, format: PayloadFormat): string {
  return `${PAYLOADS}/${payloadObjectKey(key, format)}`;
}

/** The key that a manifest's path stands for; null for any other path. */
export function parseManifestPath(path: string): ItemKey | null {
  const match = /^tenants\/([^/]+)\/([^/]+)\/([0-9a-f]{64})\.json$/.exec(below(MANIFESTS, path));
  if (match === null) return null;
  const [, tenant = '', kind = '', hex = ''] = match;
  const digest = digestOfHex(hex);
  return digest !== null && isTenant(tenant) && isKind(kind) ? { tenant, kind, digest } : null;
}

/** The key and format that a payload's path stands for; null for any other path. */
export function parsePayloadPath(path: string): { key: ItemKey; format: PayloadFormat } | null {
  const match = /^tenants\/([^/]+)\/([^/]+)\/sha256\/..\/..\/([0-9a-f]{64})\/payload\.([a-z]+)\.zst$/.exec(
    below(PAYLOADS, path),
  );
  if (match === null) return null;
  const [, tenant = '', kind = '', hex = '', extension = ''] = match;
  const digest = `sha256:${hex}`;
  const format = FormatSchema.options.find((each) => each === extension);
  if (format === undefined || !isDigest(digest) || !isTenant(tenant) || !isKind(kind)) return null;
  const key = { tenant, kind, digest };
  return payloadPath(key, format) === path ? { key, format } : null;
}

function below(folder: string, path: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '';
}
