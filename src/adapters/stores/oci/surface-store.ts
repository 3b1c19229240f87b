import { canonicalBytes } from '../../../base/canonical-json.ts';
import type { Digest } from '../../../base/digest.ts';
import { toVarveError, VarveError } from '../../../base/errors.ts';
import { damageOf, danglingItem } from '../../../core/surface/damage.ts';
import { examineNewItems, verifiedItem } from '../../../core/surface/examine-item.ts';
import type { ItemKey, SurfaceItem } from '../../../core/surface/item.ts';
import { buildItemManifest, extendManifest } from '../../../core/surface/item-manifest.ts';
import { parseKey, SURFACE_KIND } from '../../../core/surface/keys.ts';
import type { ItemManifest, SurfaceManifest } from '../../../core/surface/manifest.ts';
import { manifestPath, surfaceManifestPath } from '../../../core/surface/paths.ts';
import { compressedLimit, HEAD_BYTES, openPayload } from '../../../core/surface/payload-codec.ts';
import { parseSurfaceManifest, surfaceManifestDigest } from '../../../core/surface/surface-manifest.ts';
import type {
  Damage,
  ListQuery,
  OrphanedPayload,
  StoredSurfaceManifest,
  SurfaceListQuery,
  SurfaceStore,
} from '../../../core/surface/surface-store.ts';
import { isTenant, parseTenant } from '../../../core/words/names.ts';
import { malformed } from '../../../core/words/stored-json.ts';
import type { EntryArtifacts } from './entry-artifacts.ts';
import type { OciShelf, ShelvedItem } from './shelf.ts';

/**
 * The surface in a place of artifacts. What is put is durable with the history entry that is appended next; payloads
 * are fetched when they are read.
 */
export class OciSurfaceStore implements SurfaceStore {
  readonly location: string;
  readonly #entries: EntryArtifacts;
  readonly #shelf: OciShelf;
  readonly #thorough: boolean;

  /**
   * @param thorough whether what is not known is looked for in all entries, instead of only in those that were listed:
   * for looking things up, not for a run, where much is new.
   */
  constructor(entries: EntryArtifacts, shelf: OciShelf, thorough: boolean) {
    this.location = entries.location;
    this.#entries = entries;
    this.#shelf = shelf;
    this.#thorough = thorough;
  }

  async put(items: readonly SurfaceItem[]): Promise<void> {
    for (const item of (await examineNewItems(items)).values()) await this.#putOne(item);
  }

  async getManifest(key: ItemKey): Promise<ItemManifest | null> {
    const found = await this.#find(key);
    return found === null || this.#shelf.isFaulty(manifestPath(key)) ? null : found.manifest;
  }

  async getItem(key: ItemKey): Promise<SurfaceItem | null> {
    const found = await this.#find(key);
    if (found === null) return null;
    const { kind, digest } = key;
    try {
      return await verifiedItem(found.manifest, await this.#compressed(found), `${kind} ${digest}`);
    } catch (fault) {
      this.#note(manifestPath(key), fault);
      throw fault;
    }
  }

  async getPayload(key: ItemKey): Promise<AsyncIterable<Uint8Array> | null> {
    const found = await this.#find(key);
    return found && this.#openNoting(manifestPath(key), found);
  }

  async getPayloadHead(key: ItemKey): Promise<Uint8Array | null> {
    const payload = await this.getPayload(key);
    if (payload === null) return null;
    for await (const chunk of payload) return chunk.subarray(0, HEAD_BYTES);
    return new Uint8Array(0);
  }

  async renew(
    keys: readonly ItemKey[],
    expiresAt: (key: ItemKey) => string | null,
  ): Promise<readonly ItemKey[]> {
    const absent: ItemKey[] = [];
    for (const key of keys) {
      const found = await this.#find(key);
      if (found === null) {
        absent.push(key);
        continue;
      }
      const manifest = extendManifest(found.manifest, expiresAt(key));
      if (manifest !== found.manifest) this.#shelf.putItem(manifestPath(key), { ...found, manifest });
    }
    return absent;
  }

  /** An item is a file of every artifact whose entry needs it, and artifacts never change. */
  async delete(): Promise<readonly ItemKey[]> {
    throw new VarveError('unsupported', `no single item can be deleted from ${this.location}`, {
      object: this.location,
      hint: 'a registry deletes whole artifacts: delete tags of old entries there, and let it collect its garbage',
    });
  }

  async putSurfaceManifest(manifest: SurfaceManifest): Promise<Digest> {
    const digest = surfaceManifestDigest(manifest);
    const path = surfaceManifestPath(manifest.tenant, digest);
    parseSurfaceManifest(canonicalBytes(manifest), { tenant: manifest.tenant, digest }, path);
    if (!this.#shelf.has(path)) await this.#look(manifest.tenant, digest);
    if (!this.#shelf.has(path)) this.#shelf.putImage(path, manifest);
    return digest;
  }

  async getSurfaceManifest(tenant: string, digest: Digest): Promise<SurfaceManifest | null> {
    const path = surfaceManifestPath(tenant, digest);
    if (!this.#shelf.has(path)) await this.#look(tenant, digest);
    return this.#shelf.image(path);
  }

  async tenants(): Promise<readonly string[]> {
    await this.#shelf.loadAll();
    const manifests = [...this.#shelf.items().map(([, { manifest }]) => manifest), ...this.#images()];
    return [...new Set(manifests.map(({ tenant }) => tenant))].filter(isTenant).sort();
  }

  async kinds(tenant: string): Promise<readonly string[]> {
    await this.#shelf.loadAll(parseTenant(tenant));
    const kinds = this.#itemsOf(tenant).map(({ manifest }) => manifest.kind);
    const images = this.#images().filter((image) => image.tenant === tenant);
    return [...new Set([...kinds, ...images.map(() => SURFACE_KIND)])].sort();
  }

  async *list({ tenant, kind, after, onDamage }: ListQuery): AsyncGenerator<ItemManifest> {
    const last = after === undefined ? '' : manifestPath({ tenant, ...after });
    await this.#loadSound(tenant, onDamage);
    for (const { manifest } of this.#itemsOf(tenant)) {
      if ((kind === undefined || manifest.kind === kind) && manifestPath(manifest) > last) yield manifest;
    }
  }

  async *listSurfaceManifests({
    tenant,
    after,
    onDamage,
  }: SurfaceListQuery): AsyncGenerator<StoredSurfaceManifest> {
    await this.#loadSound(tenant, onDamage);
    for (const manifest of this.#images()) {
      const digest = surfaceManifestDigest(manifest);
      if (manifest.tenant === tenant && digest > (after ?? '')) yield { digest, manifest };
    }
  }

  /** There are none: artifacts have manifests and payloads alike. */
  async *listOrphans(): AsyncGenerator<OrphanedPayload> {}

  async storedSizes(items: readonly ItemManifest[]): Promise<readonly (number | null)[]> {
    const found = await Promise.all(items.map((item) => this.#find(keyOf(item))));
    return found.map((item) => item && sizeOf(item.payload));
  }

  async *verify(): AsyncGenerator<Damage> {
    await this.#shelf.loadAll();
    yield* this.#shelf.damages();
    for (const [path, item] of this.#shelf.items()) {
      const fault = await this.#faultOf(item);
      if (fault !== null) yield damageOf(path, fault);
    }
    for (const [object, image] of this.#shelf.images()) {
      for (const item of image.artifacts) {
        const { kind, digest } = item;
        const isThere = this.#shelf.has(manifestPath({ tenant: image.tenant, kind, digest }));
        if (!isThere) yield danglingItem(object, item);
      }
    }
  }

  async #putOne(item: SurfaceItem): Promise<void> {
    const path = manifestPath(item.key);
    const known = await this.#findSound(item.key);
    if (known !== null && (await this.#faultOf(known)) === null) {
      const manifest = extendManifest(known.manifest, item.expiresAt);
      if (manifest !== known.manifest) this.#shelf.putItem(path, { ...known, manifest });
      return;
    }
    const manifest = buildItemManifest(item);
    this.#shelf.putItem(path, { manifest, payload: item.compressed });
  }

  async #find(key: ItemKey): Promise<ShelvedItem | null> {
    const { tenant, digest } = parseKey(key);
    const path = manifestPath(key);
    if (!this.#shelf.has(path)) await this.#look(tenant, digest);
    return this.#shelf.item(path);
  }

  /** The same where damage counts as absence, since it is about to be repaired. */
  async #findSound(key: ItemKey): Promise<ShelvedItem | null> {
    try {
      return await this.#find(key);
    } catch (fault) {
      if (toVarveError(fault).kind !== 'bytes') throw fault;
      return null;
    }
  }

  async #look(tenant: string, digest: Digest): Promise<void> {
    await this.#shelf.loadNaming(digest);
    if (this.#thorough) await this.#shelf.loadAll(tenant);
  }

  /** The payload, verified as it is read. */
  async *#open(item: ShelvedItem): AsyncGenerator<Uint8Array> {
    const { digest, kind, storage } = item.manifest;
    const compressed = await this.#compressed(item);
    yield* openPayload(compressed, { digest, sizeBytes: storage.sizeBytes, object: `${kind} ${digest}` });
  }

  async #compressed({ manifest, payload }: ShelvedItem): Promise<Uint8Array> {
    if (payload instanceof Uint8Array) return payload;
    return this.#entries.readFile(payload, compressedLimit(manifest.storage.sizeBytes));
  }

  /** The same, and notes damage: what is read as damaged is then not held to be there. */
  async *#openNoting(path: string, item: ShelvedItem): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#open(item);
    } catch (fault) {
      this.#note(path, fault);
      throw fault;
    }
  }

  #note(path: string, fault: unknown): void {
    if (toVarveError(fault).kind === 'bytes') this.#shelf.markFaulty(path);
  }

  /** What is wrong with a payload; null when it is sound. */
  async #faultOf(item: ShelvedItem): Promise<unknown> {
    try {
      for await (const _ of this.#open(item));
      return null;
    } catch (fault) {
      if (toVarveError(fault).kind !== 'bytes') throw fault;
      return fault;
    }
  }

  /** Reads all entries of a tenant, and tells the damage in them, or throws the first. */
  async #loadSound(tenant: string, onDamage: ListQuery['onDamage']): Promise<void> {
    await this.#shelf.loadAll(parseTenant(tenant));
    for (const damage of this.#shelf.damages()) {
      if (onDamage === undefined) throw malformed(damage.object, damage.problem);
      onDamage(damage);
    }
  }

  #itemsOf(tenant: string): ShelvedItem[] {
    const all = this.#shelf.items().map(([, item]) => item);
    return all.filter(({ manifest }) => manifest.tenant === tenant);
  }

  #images(): SurfaceManifest[] {
    return this.#shelf.images().map(([, image]) => image);
  }
}

const keyOf = ({ tenant, kind, digest }: ItemManifest): ItemKey => ({ tenant, kind, digest });

const sizeOf = (payload: ShelvedItem['payload']): number =>
  payload instanceof Uint8Array ? payload.length : payload.size;
