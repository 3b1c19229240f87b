import { canonicalBytes } from '../../base/canonical-json.ts';
import type { ItemKey, SurfaceItem } from './item.ts';
import { buildItemManifest, extendManifest, formatOf, parseItemManifest } from './item-manifest.ts';
import type { ItemManifest } from './manifest.ts';

/** The bytes of the manifest of an item that is stored for the first time. */
export function newManifestBytes(item: SurfaceItem): Uint8Array {
  return canonicalBytes(buildItemManifest(item));
}

/**
 * What the manifest of an item that is put again must become: the first writer's stays except for its expiry, and a
 * damaged one is replaced.
 * @param present the stored bytes, of whatever state; null when there are none.
 * @returns null when they may stay as they are.
 */
export function mergeManifest(
  present: Uint8Array | null,
  item: SurfaceItem,
  object: string,
): Uint8Array | null {
  const manifest = present && usableManifest(present, item, object);
  return manifest === null ? newManifestBytes(item) : extendedBytes(manifest, item.expiresAt);
}

/**
 * What the manifest of an item that is used again must become.
 * @returns null when it may stay as it is.
 * @throws VarveError `malformed` when it is damaged.
 */
export function renewManifest(
  present: Uint8Array,
  key: ItemKey,
  expiresAt: string | null,
  object: string,
): Uint8Array | null {
  return extendedBytes(parseItemManifest(present, key, object), expiresAt);
}

function extendedBytes(present: ItemManifest, expiresAt: string | null): Uint8Array | null {
  const extended = extendManifest(present, expiresAt);
  return extended === present ? null : canonicalBytes(extended);
}

/** The manifest that is there, unless it is damaged or does not describe this payload. */
function usableManifest(bytes: Uint8Array, item: SurfaceItem, object: string): ItemManifest | null {
  try {
    const manifest = parseItemManifest(bytes, item.key, object);
    const fits = formatOf(manifest) === item.format && manifest.storage.sizeBytes === item.sizeBytes;
    return fits ? manifest : null;
  } catch {
    return null;
  }
}
