import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { SourceLayer } from '../image/image-source.ts';
import { INVENTORY_KIND } from '../layer/inventory.ts';
import { isInventoryOf, parseInventoryHeader } from '../layer/inventory-header.ts';
import type { ArtefactKey } from '../surface/artefact.ts';
import { formatOf } from '../surface/artefact-manifest.ts';
import { readPayload } from '../surface/read-payload.ts';
import type { LayerRecord, LayerRecords, SurfaceStore } from '../surface/surface-store.ts';
import { fragmentKey } from './build-snapshot.ts';
import type { KnownFragment, KnownLayer, LayerKnowledge, WantedFragment } from './reuse.ts';
import type { FragmentRecord } from './snapshot.ts';

const NEWLINE = 0x0a;

/**
 * Asks a store what it knows of an image's layers. Wanted fragments that it has lost, or that are damaged, are left
 * out, so that their layers are read again; so are inventories of other layers.
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
  const [diffIds, known] = await Promise.all([
    lookUp(blobs, (blob) => store.layers.findDiffId(tenant, blob)),
    lookUp(claimed, async (diffId) => {
      const record = await store.layers.findLayer(tenant, diffId);
      return record && withStoredFragments(store.surface, tenant, record, wanted);
    }),
  ]);
  return { diffIds, layers: known };
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
): Promise<KnownLayer> {
  const keys = new Set(wanted.map(fragmentKey));
  const candidates = record.fragments.filter((fragment) => keys.has(fragmentKey(fragment)));
  const stored = await Promise.all(
    candidates.map((fragment) => findStored(surface, tenant, record, fragment)),
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
  try {
    const manifest = await surface.getManifest(key);
    if (manifest === null) return null;
    if (key.kind === INVENTORY_KIND && !(await isInventory(surface, key, record))) return null;
    return { ...fragment, format: formatOf(manifest), sizeBytes: manifest.storage.sizeBytes };
  } catch (fault) {
    if (fault instanceof VarveError && fault.kind === 'bytes') return null;
    throw fault;
  }
}

/** Whether a stored inventory is of the layer that a record has it for. Its header is mostly all that is read. */
async function isInventory(surface: SurfaceStore, key: ArtefactKey, record: LayerRecord): Promise<boolean> {
  const head = await surface.getPayloadHead(key);
  const bytes = head?.includes(NEWLINE) ? head : await readPayload(surface, key);
  if (bytes === null) return false;
  const header = parseInventoryHeader(bytes.subarray(0, bytes.indexOf(NEWLINE)), key.digest);
  return isInventoryOf(header, record);
}
