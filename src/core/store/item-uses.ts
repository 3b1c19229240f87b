import type { Digest } from '../../base/digest.ts';
import type { HistoryEntry } from '../history/history.ts';
import { passOver } from '../surface/damage.ts';
import type { ItemKey } from '../surface/item.ts';
import { SNAPSHOT_KIND, SURFACE_KIND } from '../surface/keys.ts';
import type { Store } from './store.ts';

/** What in a store names an item. */
export interface ItemUses {
  /** Surface manifests that list it. */
  readonly images: readonly Digest[];
  /** Entries of the history that are of it. */
  readonly entries: readonly HistoryEntry[];
}

/** Finds what names an item; nothing does so from one tenant to another. */
export async function findUses(store: Store, key: ItemKey): Promise<ItemUses> {
  return { images: await findImages(store, key), entries: await findEntries(store, key) };
}

async function findImages({ surface }: Store, { tenant, kind, digest }: ItemKey): Promise<Digest[]> {
  const images: Digest[] = [];
  for await (const image of surface.listSurfaceManifests({ tenant, onDamage: passOver })) {
    const isListed = image.manifest.artifacts.some((item) => item.kind === kind && item.digest === digest);
    if (isListed) images.push(image.digest);
  }
  return images;
}

async function findEntries({ history }: Store, { tenant, kind, digest }: ItemKey): Promise<HistoryEntry[]> {
  if (kind !== SNAPSHOT_KIND && kind !== SURFACE_KIND) return [];
  const entries: HistoryEntry[] = [];
  for (const name of await history.names(tenant)) {
    for await (const entry of history.list({ tenant, name, onDamage: passOver })) {
      const named = kind === SNAPSHOT_KIND ? entry.snapshotDigest : entry.surfaceManifestDigest;
      if (named === digest) entries.push(entry);
    }
  }
  return entries;
}
