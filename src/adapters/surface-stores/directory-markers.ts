import * as v from 'valibot';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, digestOf, hexOf, isDigest } from '../../base/digest.ts';
import { fragmentKey } from '../../core/snapshot/build-snapshot.ts';
import {
  DigestSchema,
  type FragmentRecord,
  FragmentRecordSchema,
  SizeSchema,
  type Snapshot,
} from '../../core/snapshot/snapshot.ts';
import { parseStored } from '../../core/stored-json.ts';
import { parseTenant } from '../../core/surface/keys.ts';
import { INDEX } from '../../core/surface/paths.ts';
import type { LayerRecord } from '../../core/surface/surface-store.ts';

/** Folder of all markers. */
export const TENANT_MARKERS = `${INDEX}/tenants`;

const LayerRecordSchema = v.strictObject({
  diffId: DigestSchema,
  uncompressedSize: SizeSchema,
  fragments: v.array(FragmentRecordSchema),
});

/** The markers that a snapshot gives rise to: texts by their paths under the root. */
export function markersOf(tenant: string, snapshot: Snapshot): Map<string, string> {
  const markers = new Map<string, string>();
  for (const { digest, diffId, uncompressedSize, fragments } of snapshot.layers) {
    if (digest !== null) markers.set(blobMarkerPath(tenant, digest), diffId);
    const record = canonicalJson({ diffId, uncompressedSize, fragments } satisfies LayerRecord);
    markers.set(`${layerMarkersPath(tenant, diffId)}/${recordName(record)}`, record);
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
  if (recordName(text) !== name) return null;
  try {
    const record = parseStored(LayerRecordSchema, Buffer.from(text), name);
    return record.diffId === diffId ? record : null;
  } catch {
    return null;
  }
}

/** All that several markers say of one layer; what they contradict each other in is not known. */
export function mergeLayerRecords(records: readonly LayerRecord[]): LayerRecord | null {
  const [first] = records;
  if (first === undefined || records.some((each) => each.uncompressedSize !== first.uncompressedSize))
    return null;
  const byKey = Map.groupBy(
    records.flatMap((record) => record.fragments),
    fragmentKey,
  );
  return { ...first, fragments: [...byKey.values()].flatMap(agreedFragment) };
}

function agreedFragment(results: readonly FragmentRecord[]): FragmentRecord[] {
  const [first] = results;
  return first !== undefined && results.every((each) => each.digest === first.digest) ? [first] : [];
}

function sharded(digest: Digest): string {
  const hex = hexOf(digest);
  return `${hex.slice(0, 2)}/${hex}`;
}

function recordName(text: string): string {
  return `${hexOf(digestOf(text))}.json`;
}
