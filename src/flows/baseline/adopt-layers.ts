import type { Digest } from '../../base/digest.ts';
import { INVENTORY_KIND } from '../../core/analysis/files/inventory.ts';
import { requireInventoryOf } from '../../core/analysis/files/inventory-header.ts';
import { Inventory } from '../../core/analysis/files/inventory-view.ts';
import type { CacheSubject } from '../../core/cache/cache-keys.ts';
import type { SourceLayer } from '../../core/image/image-source.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { SnapshotLayer } from '../../core/snapshot/snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { readSound } from '../../core/surface/damage.ts';
import type { SurfaceItem } from '../../core/surface/item.ts';
import { formatOf } from '../../core/surface/item-manifest.ts';
import { SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import { type Origin, packItem } from '../../core/surface/pack-item.ts';
import { readPayload } from '../../core/surface/read-payload.ts';
import type { Damage, OnDamage } from '../../core/surface/surface-store.ts';

/** How far back snapshots are looked into: what they have in common with an image gets less. */
const MOST_SNAPSHOTS = 16;

/**
 * Lets a run's own store know what a baseline store knows of the layers of an image, so that they need not be read.
 * A baseline is believed only where manifest and config of the image say the same of a blob, and the inventory is of
 * the layer that it stands for.
 * @returns what of the baseline is damaged or says otherwise, and so taught nothing.
 * @throws VarveError when the run's own store cannot be written.
 */
export async function adoptLayers(
  from: Store,
  to: Store,
  image: {
    readonly subject: CacheSubject;
    readonly layers: readonly SourceLayer[];
    readonly origin: Origin;
  },
): Promise<readonly Damage[]> {
  const { tenant, name, platform } = image.subject;
  const damages: Damage[] = [];
  const onDamage: OnDamage = (damage) => damages.push(damage);
  const seen = new Set<Digest>();
  for await (const { snapshotDigest } of from.history.list({ tenant, name, platform })) {
    if (seen.has(snapshotDigest)) continue;
    if (seen.size === MOST_SNAPSHOTS || (await areKnown(to, tenant, image.layers))) break;
    seen.add(snapshotDigest);
    const object = `${SNAPSHOT_KIND} ${snapshotDigest}`;
    const snapshot = await readSound(object, onDamage, () =>
      readSnapshot(from.surface, tenant, snapshotDigest),
    );
    const layers: SnapshotLayer[] = [];
    const { shared, disputed } = shareLayers(snapshot?.layers ?? [], image.layers);
    for (const { digest, diffId } of disputed)
      onDamage({ object, problem: `says that blob ${digest} is layer ${diffId}` });
    for (const layer of shared) {
      if (await isKnown(to, tenant, layer)) continue;
      const items = await readFragments(from, image.origin, layer, onDamage);
      if (items.length < layer.fragments.length) continue;
      await to.surface.put(items);
      layers.push(layer);
    }
    if (snapshot !== null && layers.length > 0) await to.layers.record(tenant, { ...snapshot, layers });
  }
  return damages;
}

/** Whether nothing more is to be learnt. */
async function areKnown(
  { layers: records }: Store,
  tenant: string,
  layers: readonly SourceLayer[],
): Promise<boolean> {
  for (const { diffId, digest } of layers) {
    if ((await records.findLayer(tenant, diffId)) === null) return false;
    if (digest !== null && (await records.findDiffId(tenant, digest)) === null) return false;
  }
  return true;
}

/** @returns what an image has of a snapshot's layers, and those of which the two say otherwise. */
function shareLayers(layers: readonly SnapshotLayer[], claimed: readonly SourceLayer[]) {
  const diffIds = new Set(claimed.map(({ diffId }) => diffId));
  const blobs = new Map(
    claimed.flatMap(({ digest, address, diffId }) => [[digest, diffId] as const, [address, diffId] as const]),
  );
  const known = layers.filter(({ digest }) => digest !== null && blobs.has(digest));
  return {
    disputed: known.filter(({ digest, diffId }) => blobs.get(digest) !== diffId),
    // Of the blobs of other images nothing is believed.
    shared: layers
      .filter(({ diffId }) => diffIds.has(diffId))
      .map((layer) => (blobs.get(layer.digest) === layer.diffId ? layer : { ...layer, digest: null })),
  };
}

async function isKnown({ layers }: Store, tenant: string, layer: SnapshotLayer): Promise<boolean> {
  if ((await layers.findLayer(tenant, layer.diffId)) === null) return false;
  return layer.digest === null || (await layers.findDiffId(tenant, layer.digest)) !== null;
}

/** The fragments of a layer that are there, sound and its own. */
async function readFragments(
  { surface }: Store,
  origin: Origin,
  layer: SnapshotLayer,
  onDamage: OnDamage,
): Promise<SurfaceItem[]> {
  const items: SurfaceItem[] = [];
  for (const { kind, digest } of layer.fragments) {
    const object = `${kind} ${digest}`;
    const item = await readSound(object, onDamage, async () => {
      const key = { tenant: origin.tenant, kind, digest };
      const manifest = await surface.getManifest(key);
      const payload = await readPayload(surface, key);
      if (manifest === null || payload === null) return null;
      if (kind === INVENTORY_KIND) requireInventoryOf(layer, new Inventory(payload, object).header, object);
      return packItem(origin, kind, payload, formatOf(manifest));
    });
    if (item !== null) items.push(item);
  }
  return items;
}
