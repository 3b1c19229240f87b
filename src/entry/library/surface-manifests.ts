import { canonicalBytes } from '../../base/canonical-json.ts';
import { parseDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { Store as InnerStore } from '../../core/store/store.ts';
import { checkPayload } from '../../core/surface/check-payload.ts';
import { getCompleteManifest } from '../../core/surface/complete-manifest.ts';
import { parseItemManifest, storedItem } from '../../core/surface/item-manifest.ts';
import { parseKey, SURFACE_KIND } from '../../core/surface/keys.ts';
import { packItem } from '../../core/surface/pack-item.ts';
import { manifestPath, payloadPath, SURFACE_ROOT } from '../../core/surface/paths.ts';
import { compressPayload } from '../../core/surface/payload-codec.ts';
import { manifestUri, parseSurfaceUri, payloadUri } from '../../core/surface/uris.ts';
import type { ItemManifest, SurfaceManifest } from './documents.ts';
import { innerSurface } from './inner-surface.ts';
import type { ItemKey, Store } from './ports.ts';

// The declarations here name no type of other files, so that these may change.

/** A payload that is to be stored. */
export interface NewPayload {
  /** `default` when left out. */
  readonly tenant?: string;
  readonly kind: string;
  /** Uncompressed; kept as it is. */
  readonly payload: Uint8Array;
  /** `json` when left out. */
  readonly format?: 'json' | 'ndjson';
  /** RFC 3339 in UTC; now when left out. */
  readonly createdAt?: string;
  /** RFC 3339 in UTC; never when left out. */
  readonly expiresAt?: string | null;
  readonly source: ItemManifest['source'];
}

/** Puts manifests and payloads into a store, and deletes them. */
export class SurfaceManifestWriter {
  readonly #surface: InnerStore['surface'];

  constructor(store: Pick<Store, 'surface'>) {
    this.#surface = innerSurface(store);
  }

  /**
   * Stores a manifest with its payload, or that of an image. Idempotent: what is there keeps its first time and source,
   * and its expiry grows.
   * @param payload uncompressed; it may be left out where the store has it already, and of images, which have none.
   * @returns the digest.
   * @throws VarveError `not-in-store` for a manifest without its payload; `digest-mismatch`, `malformed`.
   */
  async putManifest(manifest: ItemManifest | SurfaceManifest, payload?: Uint8Array): Promise<string> {
    if ('artifacts' in manifest) {
      const artifacts = manifest.artifacts.map((item) => ({ ...item, digest: parseDigest(item.digest) }));
      const imageDigest = parseDigest(manifest.imageDigest);
      return this.#surface.putSurfaceManifest({ ...manifest, imageDigest, artifacts });
    }
    const key = parseKey(manifest);
    const object = `${key.kind} ${key.digest}`;
    const parsed = parseItemManifest(canonicalBytes(manifest), key, object);
    if (parsed.integrity.signature !== null) {
      throw new VarveError('unsupported', `${object} is signed, and the signature would be lost`, { object });
    }
    if (payload !== undefined) {
      await this.#surface.put([storedItem(parsed, compressPayload(payload))]);
      return key.digest;
    }
    const lost = await this.#surface.renew([key], () => parsed.expiresAt);
    if (lost.length === 0) return key.digest;
    throw new VarveError('not-in-store', `${this.#surface.location} does not have the payload of ${object}`, {
      object,
      hint: 'put the manifest with its payload',
    });
  }

  /** Stores a payload, and makes its manifest. Idempotent. @throws VarveError `malformed` for what is not its format. */
  async putPayload({
    tenant = 'default',
    format = 'json',
    createdAt = new Date().toISOString(),
    expiresAt = null,
    kind,
    payload,
    source: { scannerBuild, imageDigest, scanId },
  }: NewPayload): Promise<ItemManifest> {
    checkPayload(payload, format, `the payload of ${kind}`);
    const source = {
      scannerBuild,
      scanId,
      imageDigest: imageDigest === null ? null : parseDigest(imageDigest),
    };
    const item = packItem({ tenant, time: createdAt, source }, kind, payload, { format, expiresAt });
    await this.#surface.put([item]);
    const manifest = await this.#surface.getManifest(item.key);
    if (manifest !== null) return manifest;
    throw new VarveError('not-in-store', `${kind} ${item.key.digest} was deleted while it was put`, {
      object: item.key.digest,
    });
  }

  /** Deletes an item, manifest and payload, or the manifest of an image. Gives false where it was absent. */
  async deleteManifest(key: ItemKey): Promise<boolean> {
    return (await this.#surface.delete([parseKey(key)])).length > 0;
  }
}

/** Which manifests are listed. */
export interface ManifestQuery {
  /** `default` when left out. */
  readonly tenant?: string;
  readonly kind?: string;
  /** How many at most: 100 when left out. */
  readonly limit?: number;
  /** What the page before gave as `next`. */
  readonly after?: Pick<ItemKey, 'kind' | 'digest'> | null;
}

/** A page of a list, by kind and digest. */
export interface ManifestPage {
  readonly manifests: readonly ItemManifest[];
  /** Where the next page goes on; null where there is none. */
  readonly next: Pick<ItemKey, 'kind' | 'digest'> | null;
}

/** Reads manifests and payloads of a store. What is absent is null; another tenant's is absent. */
export class SurfaceManifestReader {
  readonly #surface: InnerStore['surface'];

  constructor(store: Pick<Store, 'surface'>) {
    this.#surface = innerSurface(store);
  }

  /** The manifest of an item that is there with its payload. */
  async getManifest(key: ItemKey): Promise<ItemManifest | null> {
    return this.#surface.getManifest(parseKey(key));
  }

  /** The manifest of an image. @throws VarveError `not-in-store` where something lacks that it lists, which is named. */
  async getImageManifest(tenant: string, digest: string): Promise<SurfaceManifest | null> {
    return getCompleteManifest(this.#surface, tenant, parseDigest(digest));
  }

  /**
   * The bytes of a payload, as they come; verified before the last of them.
   * @param options.compressed gives the bytes as they are stored, compressed with zstd.
   */
  async getPayload(
    key: ItemKey,
    { compressed = false }: { readonly compressed?: boolean } = {},
  ): Promise<AsyncIterable<Uint8Array> | null> {
    if (!compressed) return this.#surface.getPayload(parseKey(key));
    const item = await this.#surface.getItem(parseKey(key));
    return item && once(item.compressed);
  }

  /** A page of the items that a tenant has. @throws VarveError for a manifest that is damaged. */
  async listManifests({
    tenant = 'default',
    kind,
    limit = 100,
    after = null,
  }: ManifestQuery = {}): Promise<ManifestPage> {
    const manifests: ItemManifest[] = [];
    const query = {
      tenant,
      ...(kind !== undefined && { kind }),
      ...(after && { after: parseKey({ tenant, ...after }) }),
    };
    for await (const manifest of this.#surface.list(query)) {
      if (manifests.length === limit) return { manifests, next: placeOf(manifests) };
      manifests.push(manifest);
    }
    return { manifests, next: null };
  }
}

function placeOf(manifests: readonly ItemManifest[]): ManifestPage['next'] {
  const last = manifests.at(-1);
  return last === undefined ? null : { kind: last.kind, digest: last.digest };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What a path or URI stands for. */
export type SurfacePlace =
  | { readonly type: 'manifest'; readonly key: ItemKey }
  | { readonly type: 'payload'; readonly key: ItemKey; readonly format: 'json' | 'ndjson' };

/** Where things stand under a CAS root, and their `cas://` URIs. */
export class SurfacePathBuilder {
  readonly #prefix: string;

  /** @param root what stands before each path: a folder, or the prefix in an object store. */
  constructor(root = '') {
    this.#prefix = root === '' || root.endsWith('/') ? root : `${root}/`;
  }

  /** Where everything is below. */
  get surfaceRoot(): string {
    return `${this.#prefix}${SURFACE_ROOT}`;
  }

  /** Of the kind `image.surface`, the manifest of an image. @throws VarveError for a key that is not well formed. */
  manifestPath(key: ItemKey): string {
    return `${this.#prefix}${manifestPath(parseKey(key))}`;
  }

  payloadPath(key: ItemKey, format: 'json' | 'ndjson' = 'json'): string {
    return `${this.#prefix}${payloadPath(parsePayloadKey(key), format)}`;
  }

  manifestUri(key: ItemKey): string {
    return manifestUri(parseKey(key));
  }

  payloadUri(key: ItemKey, format: 'json' | 'ndjson' = 'json'): string {
    return payloadUri(parsePayloadKey(key), format);
  }

  /** Reads a `cas://` URI. @throws VarveError `bad-reference`. */
  parseUri(uri: string): SurfacePlace {
    return parseSurfaceUri(uri);
  }
}

function parsePayloadKey(key: ItemKey) {
  if (key.kind !== SURFACE_KIND) return parseKey(key);
  throw new VarveError('bad-option', 'the manifest of an image has no payload', { object: key.kind });
}
