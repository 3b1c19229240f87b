import type { Digest } from '../../base/digest.ts';

export const SURFACE_SCHEMA = 'stellaops.surface.manifest@1';

/** The address of an item: `(tenant, kind, contentDigest)`. */
export interface ItemKey {
  readonly tenant: string;
  readonly kind: string;
  /** SHA-256 of the canonical, uncompressed payload. */
  readonly digest: Digest;
}

export type PayloadFormat = 'json' | 'ndjson';

/** A payload that is to be stored, with where it came from. */
export interface SurfaceItem {
  readonly key: ItemKey;
  readonly format: PayloadFormat;
  /** Length in bytes of the uncompressed payload. */
  readonly sizeBytes: number;
  /** The payload, compressed with zstd. */
  readonly compressed: Uint8Array;
  readonly source: ItemSource;
  readonly createdAt: string;
  /** RFC 3339, or null for what is kept until deleted. */
  readonly expiresAt: string | null;
}

export interface ItemSource {
  readonly scannerBuild: string;
  readonly imageDigest: Digest | null;
  readonly scanId: string;
}
