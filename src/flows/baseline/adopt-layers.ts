import type { Digest } from '../../base/digest.ts';
import type { Analyzer } from '../../core/analysis/analyzer.ts';
import { type AnalyzerKey, keyText } from '../../core/analysis/analyzer-key.ts';
import type { FragmentRecord } from '../../core/analysis/fragment.ts';
import type { HistoryScope } from '../../core/history/history.ts';
import type { SourceLayer } from '../../core/image/image-source.ts';
import { type Examine, examinerOfImage, examinerOfLayer } from '../../core/snapshot/examine.ts';
import { headOf } from '../../core/snapshot/known-fragments.ts';
import type { LayerRecord } from '../../core/snapshot/layer-records.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import {
  assembleSnapshot,
  imageFragments,
  type Snapshot,
  type SnapshotLayer,
} from '../../core/snapshot/snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { readSound } from '../../core/surface/damage.ts';
import type { SurfaceItem } from '../../core/surface/item.ts';
import { formatOf } from '../../core/surface/item-manifest.ts';
import { SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import { type Origin, packItem } from '../../core/surface/pack-item.ts';
import { readPayload } from '../../core/surface/read-payload.ts';
import type { Damage, OnDamage } from '../../core/surface/surface-store.ts';
import type { ImageToRead } from './baseline.ts';

/** How far back snapshots are looked into: what they have in common with an image gets less. */
const MOST_SNAPSHOTS = 16;

/** An image whose layers are about to be read, and the history that it belongs to. */
export interface AdoptedImage extends ImageToRead {
  readonly subject: HistoryScope;
}

/**
 * Lets a run's own store know what a baseline store knows of an image and its layers, so that they need not be read.
 * A baseline is believed only where manifest and config of the image say the same of a blob, and a fragment is of the
 * layer that it stands for. What no analyzer of this build knows comes along.
 * @returns which parts of the baseline are damaged or contradict the image, and so were not used.
 * @throws VarveError when the run's own store cannot be written.
 */
export async function adoptLayers(from: Store, to: Store, image: AdoptedImage): Promise<readonly Damage[]> {
  const { tenant, name, platform } = image.subject;
  const damages: Damage[] = [];
  const onDamage: OnDamage = (damage) => damages.push(damage);
  const seen = new Set<Digest>();
  for await (const { snapshotDigest } of from.history.list({ tenant, name, platform })) {
    if (seen.has(snapshotDigest)) continue;
    if (seen.size === MOST_SNAPSHOTS || (await isAllKnown(to, image))) break;
    seen.add(snapshotDigest);
    const object = `${SNAPSHOT_KIND} ${snapshotDigest}`;
    const snapshot = await readSound(object, onDamage, () =>
      readSnapshot(from.surface, tenant, snapshotDigest),
    );
    if (snapshot === null) continue;
    const { shared, disputed } = shareLayers(snapshot.layers, image.layers);
    for (const { digest, diffId } of disputed)
      onDamage({ object, problem: `says that blob ${digest} is layer ${diffId}` });
    const layers: SnapshotLayer[] = [];
    for (const layer of shared) {
      if (await isKnown(to, tenant, layer)) continue;
      const examine = (kind: string) => examinerOfLayer(image.analyzers, kind, layer);
      const fragments = await copyFragments(from, to, image.origin, layer.fragments, examine, onDamage);
      if (fragments.length > 0 || layer.fragments.length === 0) layers.push({ ...layer, fragments });
    }
    const fragments = await adoptImage(from, to, image, snapshot, onDamage);
    if (layers.length + fragments.length > 0)
      await to.layers.record(tenant, assembleSnapshot({ ...snapshot, layers }, fragments));
  }
  return damages;
}

/** Whether nothing more is to be learned. */
async function isAllKnown(
  { layers: records }: Store,
  { subject: { tenant }, config, layers, analyzers }: AdoptedImage,
): Promise<boolean> {
  for (const { diffId, digest } of layers) {
    if (!hasAll(await records.findLayer(tenant, diffId), keysOf(analyzers.layers))) return false;
    if (digest !== null && (await records.findDiffId(tenant, digest)) === null) return false;
  }
  if (analyzers.images.length === 0) return true;
  return hasAll(await records.findLayer(tenant, config), keysOf(analyzers.images));
}

const keysOf = (analyzers: readonly Pick<Analyzer, 'key'>[]): readonly AnalyzerKey[] =>
  analyzers.map(({ key }) => key);

function hasAll(record: LayerRecord | null, wanted: readonly AnalyzerKey[]): boolean {
  const keys = new Set(record?.fragments.map(keyText));
  return record !== null && wanted.every((key) => keys.has(keyText(key)));
}

/** @returns what an image has of a snapshot's layers, and the layers on which the two disagree. */
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
  if (!hasAll(await layers.findLayer(tenant, layer.diffId), layer.fragments)) return false;
  return layer.digest === null || (await layers.findDiffId(tenant, layer.digest)) !== null;
}

/** What a snapshot of the same image has of it as a whole, and the run's own store did not know. */
async function adoptImage(
  from: Store,
  to: Store,
  { subject: { tenant }, config, origin, analyzers }: AdoptedImage,
  snapshot: Snapshot,
  onDamage: OnDamage,
): Promise<readonly FragmentRecord[]> {
  const offered = snapshot.config.digest === config ? imageFragments(snapshot) : [];
  if (offered.length === 0 || hasAll(await to.layers.findLayer(tenant, config), offered)) return [];
  const examine = (kind: string) => examinerOfImage(analyzers, kind, { config });
  return copyFragments(from, to, origin, offered, examine, onDamage);
}

/** @returns the fragments that were there, sound and what they should be of; the other store has them now. */
async function copyFragments(
  { surface }: Store,
  to: Store,
  origin: Origin,
  fragments: readonly FragmentRecord[],
  examine: (kind: string) => Examine | undefined,
  onDamage: OnDamage,
): Promise<FragmentRecord[]> {
  const copied: FragmentRecord[] = [];
  const items: SurfaceItem[] = [];
  for (const fragment of fragments) {
    const { kind, digest } = fragment;
    const object = `${kind} ${digest}`;
    const item = await readSound(object, onDamage, async () => {
      const key = { tenant: origin.tenant, kind, digest };
      const manifest = await surface.getManifest(key);
      const payload = await readPayload(surface, key);
      if (manifest === null || payload === null) return null;
      const format = formatOf(manifest);
      examine(kind)?.(headOf(payload, format, object), object);
      return packItem(origin, kind, payload, { format, expiresAt: manifest.expiresAt });
    });
    if (item === null) continue;
    items.push(item);
    copied.push(fragment);
  }
  await to.surface.put(items);
  return copied;
}
