import { type Digest, digestOf } from '../../src/base/digest.ts';
import type { InventoryEntry } from '../../src/core/analysis/files/inventory.ts';
import type { SnapshotView } from '../../src/core/comparison/snapshot-view.ts';
import type { Snapshot, SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';
import { inventoryOf } from './inventory-maker.ts';

/** A layer of a made image. */
export interface LayerPlan {
  readonly step?: string;
  /** In tar order; layers of equal entries and salt have equal diffIDs. */
  readonly entries?: readonly InventoryEntry[];
  /** Makes a diffID differ that the entries would not make differ. */
  readonly salt?: string;
  /** The blob, where it is not the one that goes with the diffID; null where nothing is distributed. */
  readonly digest?: Digest | null;
  readonly size?: number | null;
  readonly uncompressedSize?: number;
  /** The layer was never analyzed. */
  readonly unread?: true;
}

export interface ImagePlan {
  readonly layers: readonly LayerPlan[];
  readonly config?: Readonly<Record<string, unknown>> | null;
  readonly os?: string;
  /** Payloads of fragments by kind; those of other kinds were never made. */
  readonly fragments?: Readonly<Record<string, readonly string[]>>;
}

/** A layer as a snapshot records it. */
export function snapshotLayer(plan: LayerPlan, index: number): SnapshotLayer {
  const diffId = digestOf(JSON.stringify([plan.entries ?? [], plan.salt ?? '']));
  return {
    index,
    diffId,
    digest: plan.digest === undefined ? digestOf(`gzip of ${diffId}`) : plan.digest,
    size: plan.size === undefined ? 100 : plan.size,
    mediaType: plan.digest === null ? null : 'application/vnd.oci.image.layer.v1.tar+gzip',
    uncompressedSize: plan.uncompressedSize ?? 1000,
    step: plan.step ?? '',
    createdBy: plan.step ?? '',
    fragments: [],
  };
}

/** A stored snapshot of a made image, and which of its inventories were asked for. */
export function snapshotView(plan: ImagePlan): SnapshotView & { readonly asked: readonly number[] } {
  const asked: number[] = [];
  const config = plan.config === undefined ? {} : plan.config;
  const snapshot: Snapshot = {
    schema: 'varve.snapshot@1',
    platform: { os: plan.os ?? 'linux', architecture: 'amd64' },
    manifest: null,
    config: { digest: digestOf(JSON.stringify(config)), size: 2 },
    layers: plan.layers.map(snapshotLayer),
  };
  return {
    snapshot,
    snapshotDigest: digestOf(JSON.stringify(snapshot)),
    config,
    asked,
    loadInventory: async (index) => {
      asked.push(index);
      const layer = plan.layers[index];
      return layer === undefined || layer.unread ? null : inventoryOf(layer.entries ?? []);
    },
    loadManifest: async () => null,
    loadFragments: async (kind) => plan.fragments?.[kind]?.map((text) => Buffer.from(text)) ?? null,
  };
}
