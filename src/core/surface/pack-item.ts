import { digestOf } from '../../base/digest.ts';
import type { Fragment } from '../analysis/fragment.ts';
import type { ItemSource, PayloadFormat, SurfaceItem } from './item.ts';
import { compressPayload } from './payload-codec.ts';
import { expiryAfter } from './retention.ts';

/** What the items of one run have in common. */
export interface Origin {
  readonly tenant: string;
  readonly source: ItemSource;
  /** When the run is, RFC 3339 in UTC. */
  readonly time: string;
}

export interface PackOptions {
  /** JSON when left out. */
  readonly format?: PayloadFormat;
  /** Null, or left out, for what is kept until deleted: the small documents that tell the story of an image. */
  readonly expiresAt?: string | null;
}

/** Makes an item of canonical bytes. */
export function packItem(
  origin: Origin,
  kind: string,
  bytes: Uint8Array,
  { format = 'json', expiresAt = null }: PackOptions = {},
): SurfaceItem {
  return {
    key: { tenant: origin.tenant, kind, digest: digestOf(bytes) },
    format,
    sizeBytes: bytes.length,
    compressed: compressPayload(bytes),
    source: origin.source,
    createdAt: origin.time,
    expiresAt,
  };
}

/** Makes an item of what an analyzer gave, which is compressed already. */
export function itemOfFragment(
  origin: Origin,
  { kind, digest, format, sizeBytes, compressed, keepDays }: Fragment,
): SurfaceItem {
  return {
    key: { tenant: origin.tenant, kind, digest },
    format,
    sizeBytes,
    compressed,
    source: origin.source,
    createdAt: origin.time,
    expiresAt: expiryAfter(keepDays, origin.time),
  };
}
