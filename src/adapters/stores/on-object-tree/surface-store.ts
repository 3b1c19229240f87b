import { canonicalBytes } from '../../../base/canonical-json.ts';
import type { Digest } from '../../../base/digest.ts';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { readSound } from '../../../core/surface/damage.ts';
import { examineNewItems, verifiedItem } from '../../../core/surface/examine-item.ts';
import type { ItemKey, SurfaceItem } from '../../../core/surface/item.ts';
import { formatOf, parseItemManifest } from '../../../core/surface/item-manifest.ts';
import { SURFACE_KIND } from '../../../core/surface/keys.ts';
import type { ItemManifest, SurfaceManifest } from '../../../core/surface/manifest.ts';
import { mergeManifest, newManifestBytes, renewManifest } from '../../../core/surface/merge-manifest.ts';
import {
  MANIFESTS,
  manifestPath,
  parseManifestPath,
  payloadPath,
  surfaceManifestPath,
} from '../../../core/surface/paths.ts';
import {
  compressedLimit,
  openPayload,
  openPayloadHead,
  STORED_HEAD_BYTES,
} from '../../../core/surface/payload-codec.ts';
import { parseSurfaceManifest, surfaceManifestDigest } from '../../../core/surface/surface-manifest.ts';
import type {
  Damage,
  ListQuery,
  StoredSurfaceManifest,
  SurfaceStore,
} from '../../../core/surface/surface-store.ts';
import { isKind, isTenant, parseTenant } from '../../../core/words/names.ts';
import { MANIFEST_BYTES } from '../object-limits.ts';
import type { NewObject, ObjectTree } from '../object-tree.ts';
import { verifySurface } from './verify-surface.ts';

/** The surface in a tree of objects. Payloads are durable before the manifests that name them. */
export class ObjectTreeSurfaceStore implements SurfaceStore {
  readonly location: string;
  readonly #tree: ObjectTree;
  readonly #now: () => number;

  /** @param now the clock, in milliseconds since 1970. */
  constructor(tree: ObjectTree, location: string, now: () => number) {
    this.location = location;
    this.#tree = tree;
    this.#now = now;
  }

  async put(items: readonly SurfaceItem[]): Promise<void> {
    const byPath = [...(await examineNewItems(items))];
    const payloads = byPath.map(([, item]) => payloadObject(item));
    const manifests = byPath.map(([path, item]) => manifestObject(path, item));
    const kept = await this.#tree.put([payloads, manifests]);
    const merge = ([path, item]: (typeof byPath)[number]) =>
      this.#tree.update(path, MANIFEST_BYTES, (present) => mergeManifest(present, item, path));
    await Promise.all(byPath.filter(([path]) => kept.has(path)).map(merge));
  }

  async getManifest(key: ItemKey): Promise<ItemManifest | null> {
    const path = manifestPath(key);
    const bytes = await this.#tree.read(path, MANIFEST_BYTES);
    if (bytes === null) return null;
    const manifest = parseItemManifest(bytes, key, path);
    return (await this.#tree.has(payloadPath(key, formatOf(manifest)))) ? manifest : null;
  }

  async getItem(key: ItemKey): Promise<SurfaceItem | null> {
    const stored = await this.#read(key);
    return stored && verifiedItem(stored.manifest, stored.compressed, stored.object);
  }

  async getPayload(key: ItemKey): Promise<AsyncIterable<Uint8Array> | null> {
    const stored = await this.#read(key);
    if (stored === null) return null;
    const { manifest, compressed, object } = stored;
    return openPayload(compressed, { digest: key.digest, sizeBytes: manifest.storage.sizeBytes, object });
  }

  async getPayloadHead(key: ItemKey): Promise<Uint8Array | null> {
    const manifest = await this.getManifest(key);
    if (manifest === null) return null;
    const object = payloadPath(key, formatOf(manifest));
    const beginning = await this.#tree.readHead(object, STORED_HEAD_BYTES);
    return beginning && openPayloadHead(beginning, object);
  }

  async renew(keys: readonly ItemKey[], expiresAt: (key: ItemKey) => string | null): Promise<void> {
    const extend = async (key: ItemKey) => {
      const path = manifestPath(key);
      await this.#tree.update(
        path,
        MANIFEST_BYTES,
        (present) => present && renewManifest(present, key, expiresAt(key), path),
      );
    };
    await Promise.all(keys.map(extend));
  }

  async putSurfaceManifest(manifest: SurfaceManifest): Promise<Digest> {
    const digest = surfaceManifestDigest(manifest);
    const path = surfaceManifestPath(manifest.tenant, digest);
    const bytes = canonicalBytes(manifest);
    parseSurfaceManifest(bytes, { tenant: manifest.tenant, digest }, path);
    await this.#tree.put([[{ path, bytes, existing: 'replace' }]]);
    return digest;
  }

  async getSurfaceManifest(tenant: string, digest: Digest): Promise<SurfaceManifest | null> {
    const path = surfaceManifestPath(tenant, digest);
    const bytes = await this.#tree.read(path, DEFAULT_LIMITS.jsonBytes);
    return bytes && parseSurfaceManifest(bytes, { tenant, digest }, path);
  }

  async tenants(): Promise<readonly string[]> {
    return (await this.#tree.branches(`${MANIFESTS}/tenants`)).filter(isTenant);
  }

  async kinds(tenant: string): Promise<readonly string[]> {
    return (await this.#tree.branches(`${MANIFESTS}/tenants/${parseTenant(tenant)}`)).filter(isKind);
  }

  async *list({ tenant, kind, onDamage }: ListQuery): AsyncGenerator<ItemManifest> {
    const kinds = (await this.kinds(tenant)).filter(
      (each) => each === (kind ?? each) && each !== SURFACE_KIND,
    );
    for (const each of kinds) yield* this.#each(tenant, each, onDamage, (key) => this.getManifest(key));
  }

  async *listSurfaceManifests(query: Omit<ListQuery, 'kind'>): AsyncGenerator<StoredSurfaceManifest> {
    yield* this.#each(query.tenant, SURFACE_KIND, query.onDamage, async ({ tenant, digest }) => {
      const manifest = await this.getSurfaceManifest(tenant, digest);
      return manifest && { digest, manifest };
    });
  }

  verify(): AsyncIterable<Damage> {
    return verifySurface(this.#tree, this.#now);
  }

  /** An item as it is stored, not verified, and the path of its payload. */
  async #read(key: ItemKey) {
    const manifest = await this.getManifest(key);
    if (manifest === null) return null;
    const object = payloadPath(key, formatOf(manifest));
    const compressed = await this.#tree.read(object, compressedLimit(manifest.storage.sizeBytes));
    return compressed && { manifest, compressed, object };
  }

  async *#each<T>(
    tenant: string,
    kind: string,
    onDamage: ListQuery['onDamage'],
    read: (key: ItemKey) => Promise<T | null>,
  ): AsyncGenerator<T> {
    const folder = `${MANIFESTS}/tenants/${parseTenant(tenant)}/${kind}`;
    for await (const { path } of this.#tree.list(folder)) {
      const key = parseManifestPath(path);
      if (key === null) continue;
      const found = await readSound(path, onDamage, () => read(key));
      if (found !== null) yield found;
    }
  }
}

/** Other bytes than these may be another encoder's or damaged: they are replaced either way. */
function payloadObject({ key, format, compressed }: SurfaceItem): NewObject {
  return { path: payloadPath(key, format), bytes: compressed, existing: 'replace' };
}

/** A manifest that another writer put first stays: it is merged with afterwards. */
function manifestObject(path: string, item: SurfaceItem): NewObject {
  return { path, bytes: newManifestBytes(item), existing: 'keep' };
}
