import { toVarveError, VarveError } from '../../base/errors.ts';
import type { Store } from '../../core/store/store.ts';
import type { ItemKey, SurfaceItem } from '../../core/surface/item.ts';
import type { ListedItem } from '../../core/surface/manifest.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import { keyOfListed } from '../../core/surface/surface-manifest.ts';

/**
 * Copies what a surface manifest lists from one store to another; what the other has already is left alone.
 * @throws VarveError `not-in-store` when the first store lacks one.
 */
export async function copyItems(
  from: Store,
  to: Store,
  origin: Origin,
  listed: readonly ListedItem[],
): Promise<void> {
  const missing: SurfaceItem[] = [];
  for (const item of listed) {
    const key = keyOfListed(item);
    if (await isHeld(to, key)) continue;
    const stored = await from.surface.getItem(key);
    if (stored === null) {
      throw new VarveError('not-in-store', `${from.location} has no ${key.kind} ${key.digest}`, {
        object: item.uri,
      });
    }
    missing.push({ ...stored, source: origin.source, createdAt: origin.time });
  }
  await to.surface.put(missing);
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
