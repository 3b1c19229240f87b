import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { INVENTORY_KIND } from '../../core/analysis/files/inventory.ts';
import { type Inventory, openInventory } from '../../core/analysis/files/inventory-view.ts';
import type { SnapshotView } from '../../core/comparison/snapshot-view.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import { parseConfig } from '../../core/image/config.ts';
import { type ImageManifest, parseManifest } from '../../core/image/manifest.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import { imageFragments, type Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { CONFIG_KIND, MANIFEST_KIND } from '../../core/surface/keys.ts';
import { readDocument, readPayload } from '../../core/surface/read-payload.ts';
import type { SurfaceStore } from '../../core/surface/surface-store.ts';

/**
 * A stored snapshot as comparing and listing need it: inventories are loaded, and verified, when they are asked for.
 * @throws VarveError `not-in-store`; faults of the stored bytes.
 */
export async function loadSnapshot(store: Store, tenant: string, digest: Digest): Promise<SnapshotView> {
  const snapshot = await readSnapshot(store.surface, tenant, digest);
  if (snapshot === null) {
    throw new VarveError('not-in-store', `${store.location} has no snapshot ${digest}`, {
      object: digest,
      hint: 'varve surface list --kind image.snapshot lists what there is',
    });
  }
  return viewSnapshot(store, tenant, { snapshot, digest });
}

/** The same for an entry of the history, which knows the other platforms of its image. */
export async function loadEntry(
  store: Store,
  { tenant, snapshotDigest, passedOver, listedPlatform }: HistoryEntry,
): Promise<SnapshotView> {
  return {
    ...(await loadSnapshot(store, tenant, snapshotDigest)),
    ...(passedOver && { passedOver: passedOver.map((stands) => ({ stands })) }),
    ...(listedPlatform && { listedPlatform }),
  };
}

/** The same for a snapshot that is loaded, and in the store with all that it names. */
export async function viewSnapshot(
  { surface }: Store,
  tenant: string,
  {
    snapshot,
    digest,
    passedOver,
    listedPlatform,
  }: {
    readonly snapshot: Snapshot;
    readonly digest: Digest;
    readonly passedOver?: SnapshotView['passedOver'];
    readonly listedPlatform?: SnapshotView['listedPlatform'];
  },
): Promise<SnapshotView> {
  return {
    ...(passedOver && { passedOver }),
    ...(listedPlatform && { listedPlatform }),
    snapshot,
    snapshotDigest: digest,
    config: await loadConfig(surface, tenant, snapshot),
    loadManifest: () => loadManifest(surface, tenant, snapshot),
    loadInventory: (index) => loadInventory(surface, tenant, snapshot, index),
    loadFragments: (kind) => loadFragments(surface, tenant, snapshot, kind),
  };
}

async function loadConfig(
  surface: SurfaceStore,
  tenant: string,
  { config }: Snapshot,
): Promise<SnapshotView['config']> {
  const bytes = await readDocument(surface, { tenant, kind: CONFIG_KIND, digest: config.digest });
  if (bytes === null) return null;
  const object = `the stored config ${config.digest}`;
  return parseConfig(bytes, { object, mediaType: null, ...config }, DEFAULT_LIMITS).value;
}

async function loadManifest(
  surface: SurfaceStore,
  tenant: string,
  { manifest }: Snapshot,
): Promise<ImageManifest | null> {
  if (manifest === null) return null;
  const { digest, mediaType, size } = manifest;
  const bytes = await readDocument(surface, { tenant, kind: MANIFEST_KIND, digest });
  if (bytes === null) return null;
  const object = `the stored manifest ${digest}`;
  return parseManifest(bytes, { object, mediaType, digest, size }, DEFAULT_LIMITS).value;
}

/** The inventory of a layer, made by whatever version; null where the layer was not analyzed or it is gone. */
async function loadInventory(
  surface: SurfaceStore,
  tenant: string,
  snapshot: Snapshot,
  index: number,
): Promise<Inventory | null> {
  const layer = snapshot.layers[index];
  const fragment = layer?.fragments.find(({ kind }) => kind === INVENTORY_KIND);
  if (layer === undefined || fragment === undefined) return null;
  const payload = await readPayload(surface, { tenant, kind: fragment.kind, digest: fragment.digest });
  return payload && openInventory(payload, layer, fragment.digest);
}

async function loadFragments(
  surface: SurfaceStore,
  tenant: string,
  snapshot: Snapshot,
  kind: string,
): Promise<readonly Uint8Array[] | null> {
  const whole = imageFragments(snapshot).find((fragment) => fragment.kind === kind);
  const ofLayers = snapshot.layers.map(({ fragments }) =>
    fragments.find((fragment) => fragment.kind === kind),
  );
  const payloads: Uint8Array[] = [];
  for (const fragment of whole === undefined ? ofLayers : [whole]) {
    const payload = fragment && (await readPayload(surface, { tenant, kind, digest: fragment.digest }));
    if (!payload) return null;
    payloads.push(payload);
  }
  return payloads;
}
