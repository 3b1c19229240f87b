import { type Digest, digestOf, hexOf } from '../../../base/digest.ts';
import { recordsOf, recordText } from '../../../core/snapshot/layer-record.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { digestOfHex } from '../../../core/surface/keys.ts';
import { INDEX } from '../../../core/surface/paths.ts';
import { parseTenant } from '../../../core/words/names.ts';

/** What all markers are below. */
export const TENANT_MARKERS = `${INDEX}/tenants`;

/** The markers that a snapshot gives rise to: texts by their paths under the root. */
export function markersOf(tenant: string, snapshot: Snapshot): Map<string, string> {
  const markers = new Map<string, string>();
  for (const layer of snapshot.layers) {
    if (layer.digest !== null) markers.set(blobMarkerPath(tenant, layer.digest), layer.diffId);
  }
  for (const record of recordsOf(snapshot)) {
    const text = recordText(record);
    markers.set(`${layerMarkersPath(tenant, record.diffId)}/${recordName(text)}`, text);
  }
  return markers;
}

/** Path of the marker that holds the diffID of a blob. */
export function blobMarkerPath(tenant: string, blob: Digest): string {
  return `${TENANT_MARKERS}/${parseTenant(tenant)}/blobs/${sharded(blob)}`;
}

/** What the markers are below that hold what is known of a layer. */
export function layerMarkersPath(tenant: string, diffId: Digest): string {
  return `${TENANT_MARKERS}/${parseTenant(tenant)}/layers/${sharded(diffId)}`;
}

/** The hash that a layer's marker is named by; null where its name is not a hash. */
export function digestOfLayerMarker(path: string): Digest | null {
  return digestOfHex(path.slice(path.lastIndexOf('/') + 1).replace(/\.json$/, ''));
}

/** Whose marker a path is of. */
export function tenantOfMarker(path: string): string {
  return path.slice(TENANT_MARKERS.length + 1).split('/')[0] ?? '';
}

function sharded(digest: Digest): string {
  const hex = hexOf(digest);
  return `${hex.slice(0, 2)}/${hex}`;
}

function recordName(text: string): string {
  return `${hexOf(digestOf(text))}.json`;
}
