import { toVarveError, VarveError } from '../../base/errors.ts';
import type { Store } from '../../core/store/store.ts';
import type { ItemKey, SurfaceItem } from '../../core/surface/item.ts';
import type { ListedItem } from '../../core/surface/manifest.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import { keyOfListed } from '../../core/surface/surface-manifest.ts';

/**
 * Copies what a surface manifest lists from one store to another. What the other has already is left alone, except that
 * its expiry grows to what it is in the first.
 * @throws VarveError `not-in-store` when the first store lacks one.
 */
export async function copyItems(
  from: Store,
  to: Store,
  origin: Origin,
  listed: readonly ListedItem[],
): Promise<void> {
  const keys = listed.map(keyOfListed);
  const held: ItemKey[] = [];
  for (const key of keys) if (await isHeld(to, key)) held.push(key);
  const gone = await renewHeld(from, to, held);
  const kept = new Set(held.filter((key) => !gone.includes(key)));
  const missing: SurfaceItem[] = [];
  for (const [at, key] of keys.entries()) {
    if (kept.has(key)) continue;
    const stored = await from.surface.getItem(key);
    if (stored === null) {
      throw new VarveError('not-in-store', `${from.location} has no ${key.kind} ${key.digest}`, {
        ...(listed[at] && { object: listed[at].uri }),
      });
    }
    missing.push({ ...stored, source: origin.source, createdAt: origin.time });
  }
  await to.surface.put(missing);
}

/** @returns what was deleted since it was found. */
async function renewHeld(from: Store, to: Store, held: readonly ItemKey[]): Promise<readonly ItemKey[]> {
  const expiries = new Map<ItemKey, string | null>();
  for (const key of held) {
    const manifest = await from.surface.getManifest(key);
    if (manifest !== null && manifest.expiresAt !== null) expiries.set(key, manifest.expiresAt);
  }
  return to.surface.renew([...expiries.keys()], (key) => expiries.get(key) ?? null);
}

/** What is damaged is not held: it is put again. */
async function isHeld({ surface }: Store, key: ItemKey): Promise<boolean> {
  try {
    return (await surface.getManifest(key)) !== null;
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
    return false;
  }
}
