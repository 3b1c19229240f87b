import type { Digest } from '../base/digest.ts';
import { VarveError } from '../base/errors.ts';
import type { CacheSubject } from '../core/cache/cache-keys.ts';
import type { SourceLayer } from '../core/image/image-source.ts';
import { INVENTORY_KIND } from '../core/layer/inventory.ts';
import { isInventoryOf } from '../core/layer/inventory-header.ts';
import { Inventory } from '../core/layer/inventory-view.ts';
import type { Snapshot, SnapshotLayer } from '../core/snapshot/snapshot.ts';
import type { Store } from '../core/store.ts';
import type { Artefact } from '../core/surface/artefact.ts';
import { formatOf } from '../core/surface/artefact-manifest.ts';
import { type Origin, packArtefact } from '../core/surface/pack-artefact.ts';
import { readSnapshot } from '../core/surface/read-document.ts';
import { readPayload } from '../core/surface/read-payload.ts';

/** How far back snapshots are looked into: what they have in common with an image gets less. */
const MOST_SNAPSHOTS = 16;

/**
 * Lets a run's own store know what a baseline store knows of the layers of an image, so that they need not be read.
 * A baseline is believed only where manifest and config of the image say the same of a blob, and the inventory is of
 * the layer that it stands for.
 * @returns what of the baseline was damaged, and so taught nothing.
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
): Promise<readonly string[]> {
  const { tenant, name, platform } = image.subject;
  const damages: string[] = [];
  const seen = new Set<Digest>();
  for await (const { snapshotDigest } of from.history.list({ tenant, name, platform })) {
    if (seen.has(snapshotDigest)) continue;
    if (seen.size === MOST_SNAPSHOTS || (await areKnown(to, tenant, image.layers))) break;
    seen.add(snapshotDigest);
    const snapshot = await readSound(damages, () => readSnapshot(from.surface, tenant, snapshotDigest));
    const layers: SnapshotLayer[] = [];
    for (const layer of snapshot === null ? [] : sharedLayers(snapshot, image.layers)) {
      if (await isKnown(to, tenant, layer)) continue;
      const artefacts = await readSound(damages, () => readFragments(from, image.origin, layer));
      if (artefacts === null) continue;
      await to.surface.put(artefacts);
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

/** Reads something of the baseline; what is damaged counts as absent, and is told. */
async function readSound<T>(damages: string[], read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (fault) {
    if (!(fault instanceof VarveError) || fault.kind !== 'bytes') throw fault;
    damages.push(fault.message);
    return null;
  }
}

/** The layers of a snapshot that an image claims to have; of their blobs, only those that it says the same of. */
function sharedLayers(snapshot: Snapshot, layers: readonly SourceLayer[]): SnapshotLayer[] {
  const claims = new Map(
    layers.flatMap(({ digest, address, diffId }) => [[digest, diffId] as const, [address, diffId] as const]),
  );
  const claimed = new Set(layers.map(({ diffId }) => diffId));
  return snapshot.layers
    .filter(({ diffId }) => claimed.has(diffId))
    .map((layer) => (claims.get(layer.digest) === layer.diffId ? layer : { ...layer, digest: null }));
}

async function isKnown({ layers }: Store, tenant: string, layer: SnapshotLayer): Promise<boolean> {
  if ((await layers.findLayer(tenant, layer.diffId)) === null) return false;
  return layer.digest === null || (await layers.findDiffId(tenant, layer.digest)) !== null;
}

/** The fragments of a layer; null when one of them is gone, or of another layer. @throws VarveError for damage. */
async function readFragments(
  { surface }: Store,
  origin: Origin,
  layer: SnapshotLayer,
): Promise<Artefact[] | null> {
  const artefacts: Artefact[] = [];
  for (const { kind, digest } of layer.fragments) {
    const key = { tenant: origin.tenant, kind, digest };
    const manifest = await surface.getManifest(key);
    const payload = await readPayload(surface, key);
    if (manifest === null || payload === null) return null;
    if (kind === INVENTORY_KIND) {
      const { header } = new Inventory(payload, `the inventory of ${layer.diffId}`);
      if (!isInventoryOf(header, layer)) return null;
    }
    artefacts.push(packArtefact(origin, kind, payload, formatOf(manifest)));
  }
  return artefacts;
}
