import * as v from 'valibot';
import type { ItemManifest } from '../surface/manifest.ts';
import { isExpired } from '../surface/retention.ts';
import type { OnDamage } from '../surface/surface-store.ts';
import { KindSchema, SizeSchema, TenantSchema } from '../words/schemas.ts';
import type { Store } from './store.ts';

export const STATS_SCHEMA = 'varve.stats@1';

const KindStatsSchema = v.strictObject({
  kind: KindSchema,
  items: SizeSchema,
  /** Bytes uncompressed. */
  sizeBytes: SizeSchema,
  /** Bytes as they are stored. */
  storedSize: SizeSchema,
  /** How many are past their expiry. */
  expired: SizeSchema,
});

const TenantStatsSchema = v.strictObject({
  tenant: TenantSchema,
  kinds: v.array(KindStatsSchema),
  /** Manifests of images. */
  images: SizeSchema,
  /** Payloads without a manifest. */
  orphans: v.strictObject({ payloads: SizeSchema, storedSize: SizeSchema }),
});

/** What `surface stats --format json` prints. */
export const StatsSchema = v.strictObject({
  schema: v.literal(STATS_SCHEMA),
  tenants: v.array(TenantStatsSchema),
});

export type Stats = v.InferOutput<typeof StatsSchema>;
export type TenantStats = v.InferOutput<typeof TenantStatsSchema>;
export type KindStats = v.InferOutput<typeof KindStatsSchema>;

const BATCH = 500;

/** Counts and weighs what a store holds, of all tenants. @param now in milliseconds since 1970. */
export async function measureStore(store: Store, now: number, onDamage: OnDamage): Promise<Stats> {
  const tenants: TenantStats[] = [];
  for (const tenant of await store.surface.tenants()) {
    tenants.push(await measureTenant(store, tenant, now, onDamage));
  }
  return { schema: STATS_SCHEMA, tenants };
}

async function measureTenant(
  { surface }: Store,
  tenant: string,
  now: number,
  onDamage: OnDamage,
): Promise<TenantStats> {
  const kinds = new Map<string, KindStats>();
  let batch: ItemManifest[] = [];
  const weigh = async () => {
    const sizes = await surface.storedSizes(batch);
    for (const [at, manifest] of batch.entries()) {
      const present = kinds.get(manifest.kind) ?? emptyStats(manifest.kind);
      kinds.set(manifest.kind, addItem(present, manifest, sizes[at] ?? 0, now));
    }
    batch = [];
  };
  for await (const manifest of surface.list({ tenant, onDamage })) {
    if (batch.push(manifest) === BATCH) await weigh();
  }
  await weigh();
  let images = 0;
  for await (const _ of surface.listSurfaceManifests({ tenant, onDamage })) images += 1;
  const orphans = { payloads: 0, storedSize: 0 };
  for await (const { storedSize } of surface.listOrphans(tenant)) {
    orphans.payloads += 1;
    orphans.storedSize += storedSize;
  }
  return { tenant, kinds: [...kinds.values()], images, orphans };
}

const emptyStats = (kind: string): KindStats => ({ kind, items: 0, sizeBytes: 0, storedSize: 0, expired: 0 });

function addItem(stats: KindStats, manifest: ItemManifest, storedSize: number, now: number): KindStats {
  return {
    ...stats,
    items: stats.items + 1,
    sizeBytes: stats.sizeBytes + manifest.storage.sizeBytes,
    storedSize: stats.storedSize + storedSize,
    expired: stats.expired + (isExpired(manifest, now) ? 1 : 0),
  };
}
