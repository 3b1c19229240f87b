import type { HistoryEntry, ItemManifest, Snapshot, SurfaceManifest } from './documents.ts';

/** Surface, layer records and history in one place. */
export interface Store {
  /** How a user names this store, such as `dir:/var/lib/varve`. */
  readonly location: string;
  readonly surface: SurfaceStore;
  readonly layers: LayerRecords;
  readonly history: HistoryStore;
  /** Without it, which snapshots have a layer is found by reading them. */
  readonly layerIndex?: LayerIndex;
}

/** The address of an item: tenant, kind, and the SHA-256 of its canonical, uncompressed payload. */
export interface ItemKey {
  readonly tenant: string;
  readonly kind: string;
  readonly digest: string;
}

/** A payload that is to be stored, with where it came from. */
export interface Item {
  readonly key: ItemKey;
  readonly format: 'json' | 'ndjson';
  /** Length in bytes of the uncompressed payload. */
  readonly sizeBytes: number;
  /** The payload, compressed with zstd. */
  readonly compressed: Uint8Array;
  readonly source: ItemManifest['source'];
  /** RFC 3339 in UTC. */
  readonly createdAt: string;
  /** RFC 3339 in UTC, or null for what is kept until deleted. */
  readonly expiresAt: string | null;
}

export interface Damage {
  /** The object's path or key within the store. */
  readonly object: string;
  readonly problem: string;
}

/** The content-addressed store of item manifests, payloads and surface manifests. */
export interface SurfaceStore {
  readonly location: string;
  /** Stores items as one batch. When it returns, all of them are durable; when it throws, none is half there. */
  put(items: readonly Item[]): Promise<void>;
  /** Null unless the store has both the manifest and its payload. */
  getManifest(key: ItemKey): Promise<ItemManifest | null>;
  /** An item as it is stored, its payload verified; null when absent. */
  getItem(key: ItemKey): Promise<Item | null>;
  /** The uncompressed payload, verified before its last chunk is given out; null when absent. */
  getPayload(key: ItemKey): Promise<AsyncIterable<Uint8Array> | null>;
  /** The first bytes of the uncompressed payload, not verified; null when absent. */
  getPayloadHead(key: ItemKey): Promise<Uint8Array | null>;
  /** Lets the expiry of items that are used again grow. Gives the keys of those that are absent. */
  renew(keys: readonly ItemKey[], expiresAt: (key: ItemKey) => string | null): Promise<readonly ItemKey[]>;
  /**
   * Deletes items, first the manifest of each and then its payload, and surface manifests (`image.surface`).
   * @param may asks about the manifest as it is in that moment; without it, all are deleted.
   * @returns the keys that something was deleted of.
   */
  delete(keys: readonly ItemKey[], may?: (manifest: ItemManifest) => boolean): Promise<readonly ItemKey[]>;
  /** Stores a surface manifest durably and returns its digest. */
  putSurfaceManifest(manifest: SurfaceManifest): Promise<string>;
  getSurfaceManifest(tenant: string, digest: string): Promise<SurfaceManifest | null>;
  tenants(): Promise<readonly string[]>;
  kinds(tenant: string): Promise<readonly string[]>;
  /** By kind, then digest. */
  list(query: {
    readonly tenant: string;
    readonly kind?: string;
    /** Only items that come after this one: the next page. */
    readonly after?: Pick<ItemKey, 'kind' | 'digest'>;
    readonly onDamage?: (damage: Damage) => void;
  }): AsyncIterable<ItemManifest>;
  listSurfaceManifests(query: {
    readonly tenant: string;
    /** Only surface manifests that come after this digest. */
    readonly after?: string;
    readonly onDamage?: (damage: Damage) => void;
  }): AsyncIterable<{ readonly digest: string; readonly manifest: SurfaceManifest }>;
  /** Payloads that no manifest names. */
  listOrphans(tenant: string): AsyncIterable<OrphanedPayload>;
  /** Length in bytes of each item's payload as it is stored, compressed; null where it is gone. */
  storedSizes(items: readonly ItemManifest[]): Promise<readonly (number | null)[]>;
  /** Reads and verifies everything; yields each damaged object. */
  verify(): AsyncIterable<Damage>;
}

/** A payload that no manifest names. */
export interface OrphanedPayload {
  readonly key: ItemKey;
  /** Length in bytes as it is stored. */
  readonly storedSize: number;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** What is known of a layer from verified reads. */
export interface LayerRecord {
  readonly diffId: string;
  /** In bytes. */
  readonly uncompressedSize: number;
  readonly fragments: Snapshot['layers'][number]['fragments'];
}

/** What verified reads have shown about layers. */
export interface LayerRecords {
  record(tenant: string, snapshot: Snapshot): Promise<void>;
  findDiffId(tenant: string, blob: string, onDamage?: (damage: Damage) => void): Promise<string | null>;
  findLayer(tenant: string, diffId: string, onDamage?: (damage: Damage) => void): Promise<LayerRecord | null>;
  forget(tenant: string, diffIds: readonly string[]): Promise<void>;
}

export interface HistoryQuery {
  readonly tenant: string;
  readonly name: string;
  readonly platform?: HistoryEntry['platform'];
  readonly commits?: readonly string[];
  readonly branch?: string;
  /** Only entries that come after this one: the next page of a list. */
  readonly after?: HistoryEntry;
  readonly onDamage?: (damage: Damage) => void;
}

/** Which snapshots were taken. */
export interface HistoryStore {
  /** Keeps an entry durably. Idempotent. */
  append(entry: HistoryEntry): Promise<void>;
  /** Newest first. */
  list(query: HistoryQuery): AsyncIterable<HistoryEntry>;
  names(tenant: string): Promise<readonly string[]>;
}

/** Finds which entries of a history are of snapshots that have a layer. */
export interface LayerIndex {
  entriesWithLayer(query: {
    readonly tenant: string;
    readonly diffId: string;
    readonly after?: HistoryEntry;
    readonly onDamage?: (damage: Damage) => void;
  }): AsyncIterable<HistoryEntry>;
}
