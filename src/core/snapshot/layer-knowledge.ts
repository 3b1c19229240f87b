import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { SourceLayer } from '../image/image-source.ts';
import { formatOf } from '../surface/artefact-manifest.ts';
import type { LayerRecord, LayerRecords, SurfaceStore } from '../surface/surface-store.ts';
import { fragmentKey } from './build-snapshot.ts';
import type { KnownFragment, KnownLayer, LayerKnowledge, WantedFragment } from './reuse.ts';
import type { FragmentRecord } from './snapshot.ts';

/**
 * Asks a store what it knows of an image's layers. Wanted fragments that it has lost, or that are damaged, are left
 * out, so that their layers are read again.
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
  const stored = await Promise.all(candidates.map((fragment) => findStored(surface, tenant, fragment)));
  return { ...record, fragments: stored.filter((fragment) => fragment !== null) };
}

async function findStored(
  surface: SurfaceStore,
  tenant: string,
  fragment: FragmentRecord,
): Promise<KnownFragment | null> {
  try {
    const manifest = await surface.getManifest({ tenant, kind: fragment.kind, digest: fragment.digest });
    return manifest && { ...fragment, format: formatOf(manifest), sizeBytes: manifest.storage.sizeBytes };
  } catch (fault) {
    if (fault instanceof VarveError && fault.kind === 'bytes') return null;
    throw fault;
  }
}
