import type { Digest } from '../../base/digest.ts';
import type { LayerAnalyzer } from '../analysis/analyzer.ts';
import type { SourceLayer } from '../image/image-source.ts';
import type { Damage, OnDamage, SurfaceStore } from '../surface/surface-store.ts';
import { examinerOfLayer } from './examine.ts';
import { findFragments } from './known-fragments.ts';
import type { LayerRecords } from './layer-records.ts';
import type { LayerKnowledge } from './plan-layers.ts';

/**
 * Asks a store what it knows of an image's layers. Wanted fragments that it has lost are left out, so that their layers
 * are read again. So are those that are damaged or of another layer, which are reported.
 */
export async function gatherLayerKnowledge(
  store: { readonly surface: SurfaceStore; readonly layers: LayerRecords },
  tenant: string,
  layers: readonly SourceLayer[],
  analyzers: readonly LayerAnalyzer[],
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
      if (record === null) return null;
      const { surface } = store;
      const examine = (kind: string) => examinerOfLayer({ layers: analyzers }, kind, record);
      const fragments = await findFragments({ surface, tenant }, record, analyzers, examine, meet(diffId));
      return { ...record, fragments };
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
