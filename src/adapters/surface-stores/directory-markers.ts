import { type Digest, digestOf, hexOf, isDigest } from '../../base/digest.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { digestOfHex, parseTenant } from '../../core/surface/keys.ts';
import { layerRecordText, readLayerRecord } from '../../core/surface/layer-record.ts';
import { INDEX } from '../../core/surface/paths.ts';
import type { LayerRecord } from '../../core/surface/surface-store.ts';

/** Folder of all markers. */
export const TENANT_MARKERS = `${INDEX}/tenants`;

/** The markers that a snapshot gives rise to: texts by their paths under the root. */
export function markersOf(tenant: string, snapshot: Snapshot): Map<string, string> {
  const markers = new Map<string, string>();
  for (const layer of snapshot.layers) {
    if (layer.digest !== null) markers.set(blobMarkerPath(tenant, layer.digest), layer.diffId);
    const record = layerRecordText(layer);
    markers.set(`${layerMarkersPath(tenant, layer.diffId)}/${recordName(record)}`, record);
  }
  return markers;
}

/** Path of the marker that holds the diffID of a blob. */
export function blobMarkerPath(tenant: string, blob: Digest): string {
  return `${TENANT_MARKERS}/${parseTenant(tenant)}/blobs/${sharded(blob)}`;
}

/** Folder of the markers that hold what is known of a layer. */
export function layerMarkersPath(tenant: string, diffId: Digest): string {
  return `${TENANT_MARKERS}/${parseTenant(tenant)}/layers/${sharded(diffId)}`;
}

/** The diffID in a blob's marker; null when the marker is damaged. */
export function readBlobMarker(text: string): Digest | null {
  return isDigest(text) ? text : null;
}

/** The record in a layer's marker; null when the marker is damaged or belongs elsewhere. */
export function readLayerMarker(text: string, name: string, diffId: Digest): LayerRecord | null {
  const digest = digestOfHex(name.replace(/\.json$/, ''));
  return digest && readLayerRecord(text, digest, diffId);
}

function sharded(digest: Digest): string {
  const hex = hexOf(digest);
  return `${hex.slice(0, 2)}/${hex}`;
}

function recordName(text: string): string {
  return `${hexOf(digestOf(text))}.json`;
}
