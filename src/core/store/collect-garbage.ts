import * as v from 'valibot';
import type { ItemKey } from '../surface/item.ts';
import type { ItemManifest } from '../surface/manifest.ts';
import { manifestPath } from '../surface/paths.ts';
import { isExpired } from '../surface/retention.ts';
import type { OnDamage } from '../surface/surface-store.ts';
import { DigestSchema, KindSchema, SizeSchema, TenantSchema } from '../words/schemas.ts';
import { findNeeded } from './needed-items.ts';
import type { Store } from './store.ts';

export const GARBAGE_SCHEMA = 'varve.garbage@1';

/** Something that a store may do without. */
const GarbageItemSchema = v.strictObject({
  tenant: TenantSchema,
  kind: KindSchema,
  digest: DigestSchema,
  /** `expired`: past its expiry, and no newest entry needs it; `orphaned`: a payload that has no manifest. */
  reason: v.picklist(['expired', 'orphaned']),
  /** Bytes as it is stored. */
  storedSize: SizeSchema,
});

/** What `surface gc --format json` prints. */
export const GarbageSchema = v.strictObject({
  schema: v.literal(GARBAGE_SCHEMA),
  /** Whether the items were deleted, or only looked for. */
  deleted: v.boolean(),
  items: v.array(GarbageItemSchema),
  storedSize: SizeSchema,
  /** How many expired items stay since the newest entries need them. */
  needed: SizeSchema,
});

export type Garbage = v.InferOutput<typeof GarbageSchema>;
export type GarbageItem = v.InferOutput<typeof GarbageItemSchema>;

export interface GarbageRequest {
  /** How many of the newest entries of each name and platform keep all that they need. */
  readonly keep: number;
  /** Milliseconds that a payload may wait for its manifest. */
  readonly grace: number;
  /** In milliseconds since 1970. */
  readonly now: number;
  /** Whether what is found is deleted; else nothing is changed. */
  readonly isDeleting: boolean;
  readonly onDamage: OnDamage;
  /** Ends it between two batches. */
  readonly signal?: AbortSignal;
}

/** Items that are deleted together. */
const BATCH = 200;

/**
 * Finds what a store may do without, of all tenants, and deletes it if that is asked for.
 *
 * Runs and imports may go on meanwhile. Each puts or renews what it needs before it stores what names it, so that none of
 * it is expired by then; and whether an item is expired is asked once more in the step that deletes it. So it does no harm that
 * what is needed was looked up before.
 * @throws VarveError `unsupported` where the place of the store cannot delete; `store-unwritable`.
 */
export async function collectGarbage(store: Store, request: GarbageRequest): Promise<Garbage> {
  const items: GarbageItem[] = [];
  let needed = 0;
  for (const tenant of await store.surface.tenants()) {
    let isKnown = true;
    const own = await findNeeded(store, tenant, request.keep, (damage) => {
      isKnown = false;
      request.onDamage(damage);
    });
    // What a damaged document needs is not known, so nothing of its tenant is let go.
    if (!isKnown) continue;
    for await (const batch of batchesOf(store.surface.list({ tenant, onDamage: request.onDamage }))) {
      request.signal?.throwIfAborted();
      const expired = batch.filter((manifest) => isExpired(manifest, request.now));
      const due = expired.filter((manifest) => !own.has(manifestPath(manifest)));
      needed += expired.length - due.length;
      items.push(...(await collectExpired(store, due, request)));
    }
    items.push(...(await collectOrphans(store, tenant, request)));
  }
  const storedSize = items.reduce((sum, item) => sum + item.storedSize, 0);
  return { schema: GARBAGE_SCHEMA, deleted: request.isDeleting, items, storedSize, needed };
}

async function collectExpired(
  { surface }: Store,
  due: readonly ItemManifest[],
  { isDeleting, now }: GarbageRequest,
): Promise<GarbageItem[]> {
  if (due.length === 0) return [];
  const sizes = await surface.storedSizes(due);
  const found = due.map(({ tenant, kind, digest }, at) => ({
    tenant,
    kind,
    digest,
    storedSize: sizes[at] ?? 0,
  }));
  const gone = isDeleting
    ? pathsOf(await surface.delete(found.map(keyOf), (manifest) => isExpired(manifest, now)))
    : null;
  return found
    .filter((item) => gone?.has(manifestPath(item)) ?? true)
    .map((item) => ({ ...item, reason: 'expired' }));
}

async function collectOrphans(
  { surface }: Store,
  tenant: string,
  { isDeleting, now, grace }: GarbageRequest,
): Promise<GarbageItem[]> {
  const due: GarbageItem[] = [];
  for await (const { key, storedSize, writtenAt } of surface.listOrphans(tenant)) {
    if (now - writtenAt >= grace) due.push({ ...key, storedSize, reason: 'orphaned' });
  }
  if (!isDeleting || due.length === 0) return due;
  // One that has a manifest by now is an item, and not to be deleted here.
  const gone = pathsOf(await surface.delete(due.map(keyOf), () => false));
  return due.filter((item) => gone.has(manifestPath(item)));
}

const keyOf = ({ tenant, kind, digest }: GarbageItem | Omit<GarbageItem, 'reason'>): ItemKey => ({
  tenant,
  kind,
  digest,
});

const pathsOf = (keys: readonly ItemKey[]): ReadonlySet<string> => new Set(keys.map(manifestPath));

async function* batchesOf<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    if (batch.push(item) < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
