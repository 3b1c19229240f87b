import type { Digest } from '../../base/digest.ts';
import type { ItemKey, SurfaceItem } from './item.ts';
import type { ItemManifest, SurfaceManifest } from './manifest.ts';

/** Port: the content-addressed store of item manifests, payloads and surface manifests. */
export interface SurfaceStore {
  /** How a user names this store, such as `dir:/var/lib/varve`. */
  readonly location: string;

  /**
   * Stores items as one batch. When it returns, all of them are durable; when it throws, none is half there.
   * A payload that does not hash to its key is refused. Putting the same item again keeps its first `createdAt`
   * and `source`, lets `expiresAt` only grow (by steps of more than a day), and repairs what is damaged.
   * @throws VarveError `digest-mismatch`, `size-mismatch`, `malformed`; `store-unwritable`.
   */
  put(items: readonly SurfaceItem[]): Promise<void>;
  /** The manifest of an item; null unless the store has both it and its payload. @throws `malformed` if damaged. */
  getManifest(key: ItemKey): Promise<ItemManifest | null>;
  /**
   * An item as it is stored, its payload verified; null when absent. Putting it into another store keeps its bytes.
   * @throws VarveError as `getManifest` does, and for a payload that is damaged.
   */
  getItem(key: ItemKey): Promise<SurfaceItem | null>;
  /** The uncompressed payload, verified against the key before its last chunk is given out; null when absent. */
  getPayload(key: ItemKey): Promise<AsyncIterable<Uint8Array> | null>;
  /** The first bytes of the uncompressed payload, 64 KiB or all there are, not verified; null when absent. */
  getPayloadHead(key: ItemKey): Promise<Uint8Array | null>;
  /**
   * Lets the expiry of items that are used again grow, as `put` does. What was renewed stays, even if what has expired
   * is deleted meanwhile.
   * @returns those that are absent: what relies on them must not be stored.
   */
  renew(keys: readonly ItemKey[], expiresAt: (key: ItemKey) => string | null): Promise<readonly ItemKey[]>;
  /**
   * Deletes items, first the manifest of each and then its payload; of the kind `image.surface`, surface manifests. An
   * item that is put or renewed meanwhile is deleted before that or not at all: when that call returns, the item is
   * there. A payload without a manifest is deleted by its key too.
   * @param may looks at the manifest as it is in that moment; without it, all are deleted, damaged ones too. It may be
   * called several times.
   * @returns the keys that something was deleted of; all of it is gone for good then.
   * @throws VarveError `store-unwritable`; `unsupported` where the place cannot delete.
   */
  delete(keys: readonly ItemKey[], may?: (manifest: ItemManifest) => boolean): Promise<readonly ItemKey[]>;

  /** Stores a surface manifest durably and returns its digest. Idempotent. */
  putSurfaceManifest(manifest: SurfaceManifest): Promise<Digest>;
  getSurfaceManifest(tenant: string, digest: Digest): Promise<SurfaceManifest | null>;

  /** Whose items the store holds, sorted. */
  tenants(): Promise<readonly string[]>;
  /** Kinds of the items that a tenant has, sorted; `image.surface` among them. */
  kinds(tenant: string): Promise<readonly string[]>;
  /** Item manifests in a stable order (kind, then digest). */
  list(query: ListQuery): AsyncIterable<ItemManifest>;
  /** Surface manifests in the order of their digests. */
  listSurfaceManifests(query: SurfaceListQuery): AsyncIterable<StoredSurfaceManifest>;
  /** Payloads that no manifest names: their writers were stopped, or have not ended yet. */
  listOrphans(tenant: string): AsyncIterable<OrphanedPayload>;
  /** Length in bytes of each item's payload as it is stored, compressed; null where it is gone. */
  storedSizes(items: readonly ItemManifest[]): Promise<readonly (number | null)[]>;

  /** Reads and verifies everything; yields each damaged object with its name and what is wrong. */
  verify(): AsyncIterable<Damage>;
}

export interface ListQuery {
  readonly tenant: string;
  readonly kind?: string;
  /** Only items that come after this one: the next page of a list, whatever was put or deleted meanwhile. */
  readonly after?: Pick<ItemKey, 'kind' | 'digest'>;
  /** Called for each damaged manifest, which is then skipped; without it, the first one is thrown. */
  readonly onDamage?: OnDamage;
}

export interface SurfaceListQuery extends Pick<ListQuery, 'tenant' | 'onDamage'> {
  /** Only surface manifests that come after this one. */
  readonly after?: Digest;
}

/** A payload that no manifest names. */
export interface OrphanedPayload {
  readonly key: ItemKey;
  /** Length in bytes as it is stored. */
  readonly storedSize: number;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

export interface StoredSurfaceManifest {
  readonly digest: Digest;
  readonly manifest: SurfaceManifest;
}

export interface Damage {
  /** The object's path or key within the store. */
  readonly object: string;
  readonly problem: string;
  /** What is not there, where an object lists it that is sound itself. */
  readonly lacks?: Pick<ItemKey, 'kind' | 'digest'>;
}

/** Called for each damage that is skipped. */
export type OnDamage = (damage: Damage) => void;
