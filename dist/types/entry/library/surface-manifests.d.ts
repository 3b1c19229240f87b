import type { ItemManifest, SurfaceManifest } from './documents.ts';
import type { ItemKey, Store } from './ports.ts';
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
export declare class SurfaceManifestWriter {
    #private;
    constructor(store: Pick<Store, 'surface'>);
    /**
     * Stores a manifest with its payload, or that of an image. Idempotent: what is there keeps its first time and source,
     * and its expiry grows.
     * @param payload uncompressed; it may be left out where the store has it already, and of images, which have none.
     * @returns the digest.
     * @throws VarveError `not-in-store` for a manifest without its payload; `digest-mismatch`, `malformed`.
     */
    putManifest(manifest: ItemManifest | SurfaceManifest, payload?: Uint8Array): Promise<string>;
    /** Stores a payload, and makes its manifest. Idempotent. @throws VarveError `malformed` for what is not its format. */
    putPayload({ tenant, format, createdAt, expiresAt, kind, payload, source: { scannerBuild, imageDigest, scanId }, }: NewPayload): Promise<ItemManifest>;
    /** Deletes an item, manifest and payload, or the manifest of an image. Gives false where it was absent. */
    deleteManifest(key: ItemKey): Promise<boolean>;
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
export declare class SurfaceManifestReader {
    #private;
    constructor(store: Pick<Store, 'surface'>);
    /** The manifest of an item that is there with its payload. */
    getManifest(key: ItemKey): Promise<ItemManifest | null>;
    /** The manifest of an image. @throws VarveError `not-in-store` where something lacks that it lists, which is named. */
    getImageManifest(tenant: string, digest: string): Promise<SurfaceManifest | null>;
    /**
     * The bytes of a payload, as they come; verified before the last of them.
     * @param options.compressed gives the bytes as they are stored, compressed with zstd.
     */
    getPayload(key: ItemKey, { compressed }?: {
        readonly compressed?: boolean;
    }): Promise<AsyncIterable<Uint8Array> | null>;
    /** A page of the items that a tenant has. @throws VarveError for a manifest that is damaged. */
    listManifests({ tenant, kind, limit, after, }?: ManifestQuery): Promise<ManifestPage>;
}
/** What a path or URI stands for. */
export type SurfacePlace = {
    readonly type: 'manifest';
    readonly key: ItemKey;
} | {
    readonly type: 'payload';
    readonly key: ItemKey;
    readonly format: 'json' | 'ndjson';
};
/** Where things stand under a CAS root, and their `cas://` URIs. */
export declare class SurfacePathBuilder {
    #private;
    /** @param root what stands before each path: a folder, or the prefix in an object store. */
    constructor(root?: string);
    /** Where everything is below. */
    get surfaceRoot(): string;
    /** Of the kind `image.surface`, the manifest of an image. @throws VarveError for a key that is not well formed. */
    manifestPath(key: ItemKey): string;
    payloadPath(key: ItemKey, format?: 'json' | 'ndjson'): string;
    manifestUri(key: ItemKey): string;
    payloadUri(key: ItemKey, format?: 'json' | 'ndjson'): string;
    /** Reads a `cas://` URI. @throws VarveError `bad-reference`. */
    parseUri(uri: string): SurfacePlace;
}
