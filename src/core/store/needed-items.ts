import type { HistoryEntry } from '../history/history.ts';
import { readSnapshot } from '../snapshot/read-snapshot.ts';
import { imageFragments } from '../snapshot/snapshot.ts';
import { readSound } from '../surface/damage.ts';
import type { ItemKey } from '../surface/item.ts';
import { SNAPSHOT_KIND, SURFACE_KIND } from '../surface/keys.ts';
import { manifestPath } from '../surface/paths.ts';
import type { OnDamage } from '../surface/surface-store.ts';
import { formatPlatform } from '../words/platform.ts';
import type { Store } from './store.ts';

/**
 * What the newest entries of each name and platform need, whatever its expiry: the paths of manifests.
 * @param keep how many entries, counted without those of pull requests too, which would else push out what a branch is
 * compared with.
 * @param onDamage gets entries and documents that cannot be read: what they need is not known.
 */
export async function findNeeded(
  store: Store,
  tenant: string,
  keep: number,
  onDamage: OnDamage,
): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  for (const name of await store.history.names(tenant)) {
    for await (const entry of newestEntries(store, tenant, name, keep, onDamage)) {
      for (const key of await itemsOf(store, entry, onDamage)) needed.add(manifestPath(key));
    }
  }
  return needed;
}

/** The newest entries of a name, for each platform that it has. */
export async function* newestEntries(
  { history }: Store,
  tenant: string,
  name: string,
  keep: number,
  onDamage: OnDamage,
): AsyncGenerator<HistoryEntry> {
  const counts = new Map<string, number>();
  const isAmong = (line: string): boolean => {
    const count = (counts.get(line) ?? 0) + 1;
    counts.set(line, count);
    return count <= keep;
  };
  for await (const entry of history.list({ tenant, name, onDamage })) {
    const platform = formatPlatform(entry.platform);
    const isNewest = isAmong(platform);
    const mayBeBaseline = entry.pullRequest === null && isAmong(`${platform} without pull requests`);
    if (isNewest || mayBeBaseline) yield entry;
  }
}

/** What an entry needs: all that its surface manifest lists and its snapshot names. */
async function itemsOf(
  { surface }: Store,
  { tenant, snapshotDigest, surfaceManifestDigest }: HistoryEntry,
  onDamage: OnDamage,
): Promise<ItemKey[]> {
  const image = await readSound(`${SURFACE_KIND} ${surfaceManifestDigest}`, onDamage, () =>
    surface.getSurfaceManifest(tenant, surfaceManifestDigest),
  );
  const snapshot = await readSound(`${SNAPSHOT_KIND} ${snapshotDigest}`, onDamage, () =>
    readSnapshot(surface, tenant, snapshotDigest),
  );
  const listed = image?.artifacts ?? [];
  const named = snapshot === null ? [] : snapshot.layers.flatMap(({ fragments }) => fragments);
  const ofImage = snapshot === null ? [] : imageFragments(snapshot);
  return [...listed, ...named, ...ofImage].map(({ kind, digest }) => ({ tenant, kind, digest }));
}
