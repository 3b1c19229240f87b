import { toVarveError } from '../../base/errors.ts';
import { damageOf, lostPayload } from './damage.ts';
import type { ItemKey, SurfaceItem } from './item.ts';
import { formatOf, parseItemManifest, storedItem } from './item-manifest.ts';
import type { ItemManifest } from './manifest.ts';
import { newManifestBytes } from './merge-manifest.ts';
import { manifestPath, payloadPath } from './paths.ts';
import { verifyPayload } from './payload-codec.ts';
import type { Damage } from './surface-store.ts';

/**
 * Examines items that are to be stored.
 * @returns each of them once, by the path of its manifest, the last of those that have one key.
 * @throws VarveError `digest-mismatch`, `size-mismatch`, `malformed`, `truncated` for a payload that is not what its key
 * says; `bad-option`, `bad-reference` for a key.
 */
export async function examineNewItems(items: readonly SurfaceItem[]): Promise<Map<string, SurfaceItem>> {
  const byPath = new Map(items.map((item) => [manifestPath(item.key), item]));
  for (const item of byPath.values()) {
    const { key, sizeBytes, compressed } = item;
    await verifyPayload(compressed, { digest: key.digest, sizeBytes, object: `${key.kind} ${key.digest}` });
    newManifestBytes(item);
  }
  return byPath;
}

/**
 * A stored item with its payload, which is verified.
 * @param object names the payload in errors.
 * @throws VarveError as `verifyPayload` does.
 */
export async function verifiedItem(
  manifest: ItemManifest,
  compressed: Uint8Array,
  object: string,
): Promise<SurfaceItem> {
  const { digest, storage } = manifest;
  await verifyPayload(compressed, { digest, sizeBytes: storage.sizeBytes, object });
  return storedItem(manifest, compressed);
}

/** Where a stored item is read from. */
export interface StoredItem {
  /** Null when it is gone. */
  readManifest(): Promise<Uint8Array | null>;
  /** @param sizeBytes what its manifest says of it. @returns null when it is gone. */
  readPayload(object: string, sizeBytes: number): Promise<Uint8Array | null>;
}

/**
 * Examines an item that is stored.
 * @param object names its manifest.
 * @returns what is wrong with its manifest or payload; null for one that is sound, or gone with its manifest.
 * @throws VarveError of another kind than `bytes` when it cannot be read.
 */
export async function examineStoredItem(
  key: ItemKey,
  object: string,
  stored: StoredItem,
): Promise<Damage | null> {
  let at = object;
  try {
    const bytes = await stored.readManifest();
    if (bytes === null) return null;
    const manifest = parseItemManifest(bytes, key, object);
    const { sizeBytes } = manifest.storage;
    at = payloadPath(key, formatOf(manifest));
    const compressed = await stored.readPayload(at, sizeBytes);
    if (compressed === null) return lostPayload(at);
    await verifyPayload(compressed, { digest: key.digest, sizeBytes, object: at });
    return null;
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
    return damageOf(at, fault);
  }
}
