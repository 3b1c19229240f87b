import { canonicalJson } from '../../src/base/canonical-json.ts';
import { INVENTORY_KIND } from '../../src/core/analysis/files/inventory.ts';
import { readSnapshot } from '../../src/core/snapshot/read-snapshot.ts';
import type { Store } from '../../src/core/store/store.ts';
import { packItem } from '../../src/core/surface/pack-item.ts';
import { readPayload } from '../../src/core/surface/read-payload.ts';
import { makeOrigin } from './item-makers.ts';

/** Has a store know a snapshot's layers without one of their files: sound in itself, and untrue. */
export async function hideFile(store: Store, tenant: string, path: string): Promise<void> {
  const origin = makeOrigin({ tenant });
  for await (const { snapshotDigest } of store.history.list({ tenant, name: 'shop' })) {
    const snapshot = await readSnapshot(store.surface, tenant, snapshotDigest);
    if (snapshot === null) throw new Error('the history names no snapshot');
    const layers = await Promise.all(
      snapshot.layers.map(async (layer) => ({
        ...layer,
        fragments: await Promise.all(
          layer.fragments.map(async (fragment) => {
            const key = { tenant, kind: INVENTORY_KIND, digest: fragment.digest };
            const lines = String(await readPayload(store.surface, key)).split('\n');
            const [header = '', ...kept] = lines.filter((line) => !line.includes(`"path":"${path}"`));
            if (kept.length + 1 === lines.length) return fragment;
            const { entries, ...others } = JSON.parse(header);
            const forged = [canonicalJson({ ...others, entries: entries - 1 }), ...kept].join('\n');
            const item = packItem(origin, INVENTORY_KIND, Buffer.from(forged), { format: 'ndjson' });
            await store.surface.put([item]);
            return { ...fragment, digest: item.key.digest };
          }),
        ),
      })),
    );
    await store.layers.forget(
      tenant,
      layers.map(({ diffId }) => diffId),
    );
    await store.layers.record(tenant, { ...snapshot, layers });
  }
}
