import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import type { CacheKey } from '../surface/cache-key.ts';
import { verifiedItem } from '../surface/examine-item.ts';
import type { ItemKey, SurfaceItem } from '../surface/item.ts';
import { buildItemManifest, parseItemManifest } from '../surface/item-manifest.ts';
import { parseKey } from '../surface/keys.ts';
import type { ItemManifest, SurfaceManifest } from '../surface/manifest.ts';
import { openPayload, openPayloadHead } from '../surface/payload-codec.ts';
import type { SurfaceCache } from '../surface/surface-cache.ts';
import type { ListQuery, SurfaceListQuery, SurfaceStore } from '../surface/surface-store.ts';

/** Where whole items are in a cache. */
const NAMESPACE = 'surface.items';
const NEWLINE = 0x0a;

/**
 * The same surface store, whose items are looked for in a cache first. What comes from the cache is verified like anything else,
 * and fetched again where it is damaged. An item that others delete from the store is still found here until it leaves
 * the cache; what is put, renewed or deleted through this store is not.
 */
export function readThrough(surface: SurfaceStore, cache: SurfaceCache): SurfaceStore {
  return new CachedSurfaceStore(surface, cache);
}

class CachedSurfaceStore implements SurfaceStore {
  readonly location: string;
  readonly #inner: SurfaceStore;
  readonly #cache: SurfaceCache;

  constructor(inner: SurfaceStore, cache: SurfaceCache) {
    this.location = inner.location;
    this.#inner = inner;
    this.#cache = cache;
  }

  async getManifest(key: ItemKey): Promise<ItemManifest | null> {
    const cached = await this.#cached(key);
    return cached === null ? this.#inner.getManifest(key) : buildItemManifest(cached);
  }

  async getItem(key: ItemKey): Promise<SurfaceItem | null> {
    let fetched: Promise<SurfaceItem | null> | undefined;
    const fetch = () => {
      fetched ??= this.#inner.getItem(key);
      return fetched;
    };
    const make = async () => {
      const item = await fetch();
      return item && entryOf(item);
    };
    // A cache that fails is as good as none; a fault of the store is thrown by what asks it.
    const bytes = await this.#cache.getOrMake(cacheKeyOf(key), make).catch(() => null);
    const item = bytes && (await readEntry(bytes, key));
    if (bytes !== null && item === null) await this.#forget([key]);
    return item ?? fetch();
  }

  async getPayload(key: ItemKey): Promise<AsyncIterable<Uint8Array> | null> {
    const item = await this.getItem(key);
    const { kind, digest } = key;
    return (
      item && openPayload(item.compressed, { digest, sizeBytes: item.sizeBytes, object: `${kind} ${digest}` })
    );
  }

  async getPayloadHead(key: ItemKey): Promise<Uint8Array | null> {
    const cached = await this.#cached(key);
    if (cached === null) return this.#inner.getPayloadHead(key);
    return openPayloadHead(cached.compressed, `${key.kind} ${key.digest}`);
  }

  async put(items: readonly SurfaceItem[]): Promise<void> {
    await this.#inner.put(items);
    await this.#forget(items.map(({ key }) => key));
  }

  async renew(
    keys: readonly ItemKey[],
    expiresAt: (key: ItemKey) => string | null,
  ): Promise<readonly ItemKey[]> {
    const absent = await this.#inner.renew(keys, expiresAt);
    await this.#forget(keys);
    return absent;
  }

  async delete(
    keys: readonly ItemKey[],
    may?: (manifest: ItemManifest) => boolean,
  ): Promise<readonly ItemKey[]> {
    const deleted = await this.#inner.delete(keys, may);
    await this.#forget(keys);
    return deleted;
  }

  putSurfaceManifest(manifest: SurfaceManifest): Promise<Digest> {
    return this.#inner.putSurfaceManifest(manifest);
  }

  getSurfaceManifest(tenant: string, digest: Digest): Promise<SurfaceManifest | null> {
    return this.#inner.getSurfaceManifest(tenant, digest);
  }

  tenants() {
    return this.#inner.tenants();
  }

  kinds(tenant: string) {
    return this.#inner.kinds(tenant);
  }

  list(query: ListQuery) {
    return this.#inner.list(query);
  }

  listSurfaceManifests(query: SurfaceListQuery) {
    return this.#inner.listSurfaceManifests(query);
  }

  listOrphans(tenant: string) {
    return this.#inner.listOrphans(tenant);
  }

  storedSizes(items: readonly ItemManifest[]) {
    return this.#inner.storedSizes(items);
  }

  verify() {
    return this.#inner.verify();
  }

  async #cached(key: ItemKey): Promise<SurfaceItem | null> {
    const bytes = await this.#cache.get(cacheKeyOf(key)).catch(() => null);
    return bytes && readEntry(bytes, key);
  }

  async #forget(keys: readonly ItemKey[]): Promise<void> {
    for (const key of keys) await this.#cache.remove(cacheKeyOf(key)).catch(() => undefined);
  }
}

function cacheKeyOf(key: ItemKey): CacheKey {
  const { tenant, kind, digest } = parseKey(key);
  return { namespace: NAMESPACE, tenant, sha256: hexOf(digestOf(`${kind}@${digest}`)) };
}

/** An item as a cache keeps it: the line of its manifest, and its payload as it is stored. */
function entryOf(item: SurfaceItem): Buffer {
  return Buffer.concat([canonicalBytes(buildItemManifest(item)), Buffer.of(NEWLINE), item.compressed]);
}

/** Null for what is not that item. */
async function readEntry(bytes: Uint8Array, key: ItemKey): Promise<SurfaceItem | null> {
  const end = bytes.indexOf(NEWLINE);
  const object = `${key.kind} ${key.digest}`;
  try {
    const manifest = parseItemManifest(bytes.subarray(0, Math.max(0, end)), key, object);
    return await verifiedItem(manifest, bytes.subarray(end + 1), object);
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
    return null;
  }
}
