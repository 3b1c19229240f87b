import { digestOf } from '../../base/digest.ts';
import type { LayerFragment } from '../analysis/fragment.ts';
import type { ItemSource, PayloadFormat, SurfaceItem } from './item.ts';
import { compressPayload } from './payload-codec.ts';
import { expiryOf } from './retention.ts';

/** What the items of one run have in common. */
export interface Origin {
  readonly tenant: string;
  readonly source: ItemSource;
  /** When the run is, RFC 3339 in UTC. */
  readonly time: string;
}

/** Makes an item of canonical bytes. */
export function packItem(
  origin: Origin,
  kind: string,
  bytes: Uint8Array,
  format: PayloadFormat = 'json',
): SurfaceItem {
  return {
    key: { tenant: origin.tenant, kind, digest: digestOf(bytes) },
    format,
    sizeBytes: bytes.length,
    compressed: compressPayload(bytes),
    source: origin.source,
    createdAt: origin.time,
    expiresAt: expiryOf(kind, origin.time),
  };
}

/** Makes an item of what an analyzer gave, which is compressed already. */
export function itemOfFragment(origin: Origin, fragment: LayerFragment): SurfaceItem {
  return {
    key: { tenant: origin.tenant, kind: fragment.kind, digest: fragment.digest },
    format: fragment.format,
    sizeBytes: fragment.sizeBytes,
    compressed: fragment.compressed,
    source: origin.source,
    createdAt: origin.time,
    expiresAt: expiryOf(fragment.kind, origin.time),
  };
}
