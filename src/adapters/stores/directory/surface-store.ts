import { canonicalBytes } from '../../../base/canonical-json.ts';
import type { Digest } from '../../../base/digest.ts';
import { toVarveError } from '../../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { damageOf } from '../../../core/surface/damage.ts';
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
  openPayload,
  openPayloadHead,
  STORED_HEAD_BYTES,
  verifyPayload,
} from '../../../core/surface/payload-codec.ts';
import { parseSurfaceManifest, surfaceManifestDigest } from '../../../core/surface/surface-manifest.ts';
import type {
  Damage,
  ListQuery,
  StoredSurfaceManifest,
  SurfaceStore,
} from '../../../core/surface/surface-store.ts';
import { isKind, isTenant, parseTenant } from '../../../core/words/names.ts';
import type { DurableWriter } from '../../filesystem/durable-writer.ts';
import type { FileTree } from '../../filesystem/file-tree.ts';
import type { StoreDirectory } from '../../filesystem/store-directory.ts';
import type { PendingFile } from '../../filesystem/transfer.ts';
import { compressedLimit, MANIFEST_BYTES } from '../object-limits.ts';
import { verifySurface } from './verify-surface.ts';

/** The surface of a CAS root on disk. Any number of processes may share the root. */
export class DirectorySurfaceStore implements SurfaceStore {
  readonly location: string;
  readonly #tree: FileTree;
  readonly #writer: DurableWriter;
  readonly #now: () => number;

  /** @param now the clock, in milliseconds since 1970. */
  constructor(directory: StoreDirectory, now: () => number) {
    this.location = directory.location;
    this.#tree = directory.tree;
    this.#writer = directory.writer;
    this.#now = now;
  }

  async put(items: readonly SurfaceItem[]): Promise<void> {
    const byPath = new Map(items.map((item) => [manifestPath(item.key), item]));
    for (const { key, sizeBytes, compressed } of byPath.values()) {
      await verifyPayload(compressed, { digest: key.digest, sizeBytes, object: `${key.kind} ${key.digest}` });
    }
    const payloads = [...byPath.values()].map(payloadFile);
    const manifests = [...byPath].map(([path, item]) => manifestFile(path, item));
    // Other bytes than these may be another encoder's or damaged: they are replaced either way.
    const newPayloads = payloads.filter(({ path, bytes }) => !this.#holdsBytes(path, bytes));
    const newManifests = manifests.filter(({ path }) => !this.#tree.holds(path));
    await this.#writer.commit([newPayloads, newManifests]);
    await Promise.all([...byPath].map(([path, item]) => this.#mergeManifest(path, item)));
    const written = new Set([...newPayloads, ...newManifests]);
    const found = [...payloads, ...manifests].filter((file) => !written.has(file));
    await this.#writer.settle(found.map(({ path }) => path));
  }

  async getManifest(key: ItemKey): Promise<ItemManifest | null> {
    const path = manifestPath(key);
    const bytes = this.#tree.read(path, MANIFEST_BYTES);
    if (bytes === null) return null;
    const manifest = parseItemManifest(bytes, key, path);
    return this.#tree.holds(payloadPath(key, formatOf(manifest))) ? manifest : null;
  }

  async getPayload(key: ItemKey): Promise<AsyncIterable<Uint8Array> | null> {
    const manifest = await this.getManifest(key);
    if (manifest === null) return null;
    const { sizeBytes } = manifest.storage;
    const object = payloadPath(key, formatOf(manifest));
    const compressed = this.#tree.read(object, compressedLimit(sizeBytes));
    return compressed && openPayload(compressed, { digest: key.digest, sizeBytes, object });
  }

  async getPayloadHead(key: ItemKey): Promise<Uint8Array | null> {
    const manifest = await this.getManifest(key);
    if (manifest === null) return null;
    const object = payloadPath(key, formatOf(manifest));
    const beginning = this.#tree.readBeginning(object, STORED_HEAD_BYTES);
    return beginning && openPayloadHead(beginning, object);
  }

  async renew(keys: readonly ItemKey[], expiresAt: (key: ItemKey) => string | null): Promise<void> {
    const extend = async (key: ItemKey) => {
      const path = manifestPath(key);
      await this.#writer.update(
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
    if (this.#holdsBytes(path, bytes)) await this.#writer.settle([path]);
    else await this.#writer.commit([[{ path, bytes, existing: 'replace' }]]);
    return digest;
  }

  async getSurfaceManifest(tenant: string, digest: Digest): Promise<SurfaceManifest | null> {
    const path = surfaceManifestPath(tenant, digest);
    const bytes = this.#tree.read(path, DEFAULT_LIMITS.jsonBytes);
    return bytes && parseSurfaceManifest(bytes, { tenant, digest }, path);
  }

  async tenants(): Promise<readonly string[]> {
    return this.#directories(`${MANIFESTS}/tenants`).filter(isTenant);
  }

  async kinds(tenant: string): Promise<readonly string[]> {
    return this.#directories(`${MANIFESTS}/tenants/${parseTenant(tenant)}`).filter(isKind);
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

  /** Brings the manifest that is there, the first writer's or a damaged one, to what it should be. */
  async #mergeManifest(path: string, item: SurfaceItem): Promise<void> {
    await this.#writer.update(path, MANIFEST_BYTES, (present) => mergeManifest(present, item, path));
  }

  #holdsBytes(path: string, bytes: Uint8Array): boolean {
    try {
      return this.#tree.holds(path) && (this.#tree.read(path, bytes.length)?.equals(bytes) ?? false);
    } catch (fault) {
      if (toVarveError(fault).kind === 'bytes') return false;
      throw fault;
    }
  }

  #directories(path: string): string[] {
    return this.#tree.list(path).flatMap(({ name, type }) => (type === 'directory' ? [name] : []));
  }

  async *#each<T>(
    tenant: string,
    kind: string,
    onDamage: ListQuery['onDamage'],
    read: (key: ItemKey) => Promise<T | null>,
  ): AsyncGenerator<T> {
    const folder = `${MANIFESTS}/tenants/${parseTenant(tenant)}/${kind}`;
    for (const { name } of this.#tree.list(folder)) {
      const key = parseManifestPath(`${folder}/${name}`);
      if (key === null) continue;
      try {
        const found = await read(key);
        if (found !== null) yield found;
      } catch (fault) {
        if (onDamage === undefined || toVarveError(fault).kind !== 'bytes') throw fault;
        onDamage(damageOf(`${folder}/${name}`, fault));
      }
    }
  }
}

function payloadFile({ key, format, compressed }: SurfaceItem): PendingFile {
  return { path: payloadPath(key, format), bytes: compressed, existing: 'replace' };
}

/** A manifest that another writer puts first stays: it is merged with afterwards. */
function manifestFile(path: string, item: SurfaceItem): PendingFile {
  return { path, bytes: newManifestBytes(item), existing: 'keep' };
}
