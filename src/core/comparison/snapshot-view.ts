import type { Digest } from '../../base/digest.ts';
import type { CodeFacts, WantedCode } from '../analysis/compiled/compiled-analyzer.ts';
import type { PassedOverImage } from '../image/listing.ts';
import type { ImageManifest } from '../image/manifest.ts';
import type { LayerView } from '../rootfs/rootfs-reader.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Platform } from '../words/platform.ts';

/** A snapshot as comparing reads it: inventories only where layers differ. */
export interface SnapshotView {
  readonly snapshot: Snapshot;
  readonly snapshotDigest: Digest;
  /** The image's config; null when it is not there to be read. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The image's manifest; null when there is none, or it is not there to be read. */
  loadManifest(): Promise<ImageManifest | null>;
  /** The inventory of a layer; null when the layer was not analyzed, or what was found out is gone. */
  loadInventory(layerIndex: number): Promise<LayerView | null>;
  /**
   * The payloads of the fragments of a kind: one a layer, in their order, or the one of the image as a whole. Null when
   * it was not analyzed for them all, or one of them is gone.
   */
  loadFragments(kind: string): Promise<readonly Uint8Array[] | null>;
  /**
   * Reads compiled files of layers, by index; what cannot be read is left out. The method is absent if the image itself
   * cannot be read.
   */
  readCode?(files: ReadonlyMap<number, readonly WantedCode[]>): Promise<ReadonlyMap<string, CodeFacts>>;
  /**
   * Images that the place leads to as well, and that nobody looked at. Left out where that is not known: a stored
   * snapshot does not tell.
   */
  readonly passedOver?: readonly PassedOverImage[];
  /** The platform that an index lists the image for, where the config states another one. */
  readonly listedPlatform?: Platform;
}
