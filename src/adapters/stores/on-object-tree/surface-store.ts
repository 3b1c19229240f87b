import { canonicalBytes } from '../../../base/canonical-json.ts';
import type { Digest } from '../../../base/digest.ts';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { readSound } from '../../../core/surface/damage.ts';
import { examineNewItems, verifiedItem } from '../../../core/surface/examine-item.ts';
import type { ItemKey, PayloadFormat, SurfaceItem } from '../../../core/surface/item.ts';
import { formatOf, parseItemManifest, soundItemManifest } from '../../../core/surface/item-manifest.ts';
import { FormatSchema, parseKey, SURFACE_KIND } from '../../../core/surface/keys.ts';
import type { ItemManifest, SurfaceManifest } from '../../../core/surface/manifest.ts';
import { mergeManifest, newManifestBytes, renewManifest } from '../../../core/surface/merge-manifest.ts';
import {
  MANIFESTS,
  manifestPath,
  PAYLOADS,
  parseManifestPath,
  parsePayloadPath,
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
  OrphanedPayload,
  StoredSurfaceManifest,
  SurfaceListQuery,
  SurfaceStore,
} from '../../../core/surface/surface-store.ts';
import { isKind, isTenant, parseTenant } from '../../../core/words/names.ts';
import { MANIFEST_BYTES } from '../object-limits.ts';
import type { NewObject, ObjectTree, Removal } from '../object-tree.ts';
import { verifySurface } from './verify-surface.ts';

/**
 * The surface in a tree of objects. Payloads are durable before the manifests that name them, and manifests gone for
 * good before their payloads.
 *
 * A writer that puts an item may find its payload there, and another one may have decided before to delete that payload.
 * Both look again. A payload is removed only while its manifest is looked at and not there (`removeIf`), which no `update` of
 * the manifest comes between. Who puts or renews an item first lets the manifest be as it should be, then waits for
 * removals that may not have seen it (`settled`), and then looks for the payload: a removal that did not see the manifest
 * has ended by then, so that a payload which is there stays, and one that is not is put once more, or not renewed. A
 * manifest is removed in one step with the look that finds it expired, so one whose expiry was let grow, or was far
 * enough, stays.
 */
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
    for (let left = [...(await examineNewItems(items))]; left.length > 0; ) {
      const payloads = left.map(([, item]) => payloadObject(item));
      const manifests = left.map(([path, item]) => manifestObject(path, item));
      const kept = await this.#tree.put([payloads, manifests]);
      const merge = ([path, item]: (typeof left)[number]) =>
        this.#tree.update(path, MANIFEST_BYTES, (present) => mergeManifest(present, item, path));
      await Promise.all(left.filter(([path]) => kept.has(path)).map(merge));
      await this.#tree.settled(left.map(([path]) => path));
      const found = await Promise.all(payloads.map(({ path }) => this.#tree.has(path)));
      left = left.filter((_, at) => !found[at]);
    }
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

  async renew(
    keys: readonly ItemKey[],
    expiresAt: (key: ItemKey) => string | null,
  ): Promise<readonly ItemKey[]> {
    const extend = async (key: ItemKey) => {
      const path = manifestPath(key);
      await this.#tree.update(
        path,
        MANIFEST_BYTES,
        (present) => present && renewManifest(present, key, expiresAt(key), path),
      );
    };
    await Promise.all(keys.map(extend));
    await this.#tree.settled(keys.map(manifestPath));
    const found = await Promise.all(keys.map((key) => this.getManifest(key)));
    return keys.filter((_, at) => found[at] === null);
  }

  async delete(
    keys: readonly ItemKey[],
    may?: (manifest: ItemManifest) => boolean,
  ): Promise<readonly ItemKey[]> {
    const manifests = keys.map((key) => manifestRemoval(key, may));
    const gone = await this.#tree.removeIf(manifests);
    const payloads = keys
      .filter(({ kind }) => kind !== SURFACE_KIND)
      .map((key) => FormatSchema.options.map((format) => payloadRemoval(key, format)));
    const removed = new Set([...gone, ...(await this.#tree.removeIf(payloads.flat()))]);
    const pathsOf = (key: ItemKey) => [
      manifestPath(key),
      ...FormatSchema.options.map((format) => payloadPath(key, format)),
    ];
    return keys.filter((key) => pathsOf(key).some((path) => removed.has(path)));
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

  async *list(query: ListQuery): AsyncGenerator<ItemManifest> {
    const after = query.after && parseKey({ tenant: query.tenant, ...query.after });
    const kinds = (await this.kinds(query.tenant)).filter(
      (each) => each === (query.kind ?? each) && each !== SURFACE_KIND && each >= (after?.kind ?? each),
    );
    for (const kind of kinds) {
      const last = kind === after?.kind ? after.digest : undefined;
      yield* this.#each(query, kind, last, (key) => this.getManifest(key));
    }
  }

  async *listSurfaceManifests(query: SurfaceListQuery): AsyncGenerator<StoredSurfaceManifest> {
    yield* this.#each(query, SURFACE_KIND, query.after, async ({ tenant, digest }) => {
      const manifest = await this.getSurfaceManifest(tenant, digest);
      return manifest && { digest, manifest };
    });
  }

  async *listOrphans(tenant: string): AsyncGenerator<OrphanedPayload> {
    for await (const { path, foreign } of this.#tree.list(`${PAYLOADS}/tenants/${parseTenant(tenant)}`)) {
      const payload = foreign ? null : parsePayloadPath(path);
      if (payload === null || (await this.#tree.has(manifestPath(payload.key)))) continue;
      const storedSize = await this.#tree.sizeOf(path);
      const writtenAt = await this.#tree.writtenAt(path);
      if (storedSize !== null && writtenAt !== null) yield { key: payload.key, storedSize, writtenAt };
    }
  }

  async storedSizes(items: readonly ItemManifest[]): Promise<readonly (number | null)[]> {
    return Promise.all(items.map((item) => this.#tree.sizeOf(payloadPath(item, formatOf(item)))));
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
    { tenant, onDamage }: Omit<SurfaceListQuery, 'after'>,
    kind: string,
    after: Digest | undefined,
    read: (key: ItemKey) => Promise<T | null>,
  ): AsyncGenerator<T> {
    const folder = `${MANIFESTS}/tenants/${parseTenant(tenant)}/${kind}`;
    for await (const { path } of this.#tree.list(folder)) {
      const key = parseManifestPath(path);
      if (key === null || (after !== undefined && key.digest <= after)) continue;
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

/** Removes a manifest as long as it may go. What is damaged may go only where nobody asks what it says. */
function manifestRemoval(key: ItemKey, may?: (manifest: ItemManifest) => boolean): Removal {
  const path = manifestPath(key);
  const mayGo = (bytes: Buffer) => {
    if (may === undefined) return true;
    const manifest = soundItemManifest(bytes, key, path);
    return manifest !== null && may(manifest);
  };
  const maxBytes = key.kind === SURFACE_KIND ? DEFAULT_LIMITS.jsonBytes : MANIFEST_BYTES;
  return { path, guard: path, maxBytes, holds: (present) => present !== null && mayGo(present) };
}

/** Removes a payload as long as it has no manifest. */
function payloadRemoval(key: ItemKey, format: PayloadFormat): Removal {
  const [path, guard] = [payloadPath(key, format), manifestPath(key)];
  return { path, guard, maxBytes: MANIFEST_BYTES, holds: (present) => present === null };
}
