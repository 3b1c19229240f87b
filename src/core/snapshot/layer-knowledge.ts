import type { Digest } from '../../base/digest.ts';
import { INVENTORY_KIND } from '../analysis/files/inventory.ts';
import { parseInventoryHeader, requireInventoryOf } from '../analysis/files/inventory-header.ts';
import type { FragmentRecord } from '../analysis/fragment.ts';
import { fragmentKey } from '../analysis/fragment.ts';
import type { SourceLayer } from '../image/image-source.ts';
import { readSound } from '../surface/damage.ts';
import type { ItemKey } from '../surface/item.ts';
import { formatOf } from '../surface/item-manifest.ts';
import { readPayload } from '../surface/read-payload.ts';
import type { Damage, OnDamage, SurfaceStore } from '../surface/surface-store.ts';
import { malformed } from '../words/stored-json.ts';
import type { LayerRecord, LayerRecords } from './layer-records.ts';
import type { KnownFragment, KnownLayer, LayerKnowledge, WantedFragment } from './reuse.ts';

const NEWLINE = 0x0a;

/**
 * Asks a store what it knows of an image's layers. Wanted fragments that it has lost are left out, so that their layers
 * are read again. So are those that are damaged or of another layer, and that is told.
 */
export async function gatherLayerKnowledge(
  store: { readonly surface: SurfaceStore; readonly layers: LayerRecords },
  tenant: string,
  layers: readonly SourceLayer[],
  wanted: readonly WantedFragment[],
): Promise<LayerKnowledge> {
  const blobs = new Set(
    layers.flatMap(({ digest, address }) => [digest, address]).filter((each) => each !== null),
  );
  const claimed = new Set(layers.map((layer) => layer.diffId));
  const damages = new Map<Digest, readonly Damage[]>();
  const meet =
    (digest: Digest): OnDamage =>
    (damage) =>
      damages.set(digest, [...(damages.get(digest) ?? []), damage]);
  const [diffIds, known] = await Promise.all([
    lookUp(blobs, (blob) => store.layers.findDiffId(tenant, blob, meet(blob))),
    lookUp(claimed, async (diffId) => {
      const record = await store.layers.findLayer(tenant, diffId, meet(diffId));
      return record && withStoredFragments(store.surface, tenant, record, wanted, meet(diffId));
    }),
  ]);
  return { diffIds, layers: known, damages };
}

async function lookUp<T>(
  digests: ReadonlySet<Digest>,
  find: (digest: Digest) => Promise<T | null>,
): Promise<Map<Digest, T>> {
  const found = new Map<Digest, T>();
  const look = async (digest: Digest) => {
    const value = await find(digest);
    if (value !== null) found.set(digest, value);
  };
  await Promise.all([...digests].map(look));
  return found;
}

async function withStoredFragments(
  surface: SurfaceStore,
  tenant: string,
  record: LayerRecord,
  wanted: readonly WantedFragment[],
  onDamage: OnDamage,
): Promise<KnownLayer> {
  const keys = new Set(wanted.map(fragmentKey));
  const candidates = record.fragments.filter((fragment) => keys.has(fragmentKey(fragment)));
  const stored = await Promise.all(
    candidates.map((fragment) =>
      readSound(`${fragment.kind} ${fragment.digest}`, onDamage, () =>
        findStored(surface, tenant, record, fragment),
      ),
    ),
  );
  return { ...record, fragments: stored.filter((fragment) => fragment !== null) };
}

async function findStored(
  surface: SurfaceStore,
  tenant: string,
  record: LayerRecord,
  fragment: FragmentRecord,
): Promise<KnownFragment | null> {
  const key = { tenant, kind: fragment.kind, digest: fragment.digest };
  const manifest = await surface.getManifest(key);
  if (manifest === null) return null;
  if (key.kind === INVENTORY_KIND) await examineInventory(surface, key, record);
  return { ...fragment, format: formatOf(manifest), sizeBytes: manifest.storage.sizeBytes };
}

/**
 * Looks at the header of a stored inventory, which is mostly all that is read.
 * @throws VarveError `malformed` when it is not of the layer that a record has it for.
 */
async function examineInventory(surface: SurfaceStore, key: ItemKey, record: LayerRecord): Promise<void> {
  const head = await surface.getPayloadHead(key);
  const bytes = head?.includes(NEWLINE) ? head : await readPayload(surface, key);
  if (bytes === null) return;
  const object = `${key.kind} ${key.digest}`;
  const end = bytes.indexOf(NEWLINE);
  if (end === -1) throw malformed(object, 'does not end with a newline');
  const header = parseInventoryHeader(bytes.subarray(0, end), object);
  requireInventoryOf(record, header, object);
}
