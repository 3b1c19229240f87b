import type { Digest } from '../../base/digest.ts';
import type { FileState } from '../rootfs/file-state.ts';
import type { Platform } from '../words/platform.ts';

export type { FileState };

export const COMPARISON_SCHEMA = 'varve.comparison@1';

/** What differs between two snapshots under the given options; null means not analysed or not known, never none. */
export interface Comparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly base: ComparisonSide;
  readonly target: ComparisonSide;
  readonly changed: boolean;
  readonly summary: LayerSummary;
  readonly size: SizeSummary;
  readonly layers: readonly LayerDifference[];
  readonly files: FileDifferences | null;
  readonly packages: null;
  /** Null when the configs differ and one of them is not there to be read. */
  readonly config: readonly ConfigDifference[] | null;
}

export interface ComparisonSide {
  readonly snapshotDigest: Digest;
  readonly manifestDigest: Digest | null;
  readonly configDigest: Digest;
  readonly platform: Platform;
  readonly layerCount: number;
  readonly compressedSize: number | null;
  readonly uncompressedSize: number;
}

export interface LayerSummary {
  readonly unchanged: number;
  readonly recompressed: number;
  readonly moved: number;
  readonly rebuilt: number;
  readonly added: number;
  readonly removed: number;
  readonly reuseRatio: number;
  /** Index of the first target layer that is not the base's; null when there is none. */
  readonly firstRebuilt: number | null;
  /** The layers from there on that were shipped anew because of it. */
  readonly cascade: { readonly layers: number; readonly uncompressedSize: number };
}

export interface SizeSummary {
  readonly uncompressedDelta: number;
  readonly compressedDelta: number | null;
  readonly pullBytes: number | null;
}

export type LayerStatus = 'unchanged' | 'recompressed' | 'moved' | 'rebuilt' | 'added' | 'removed';

export type RebuildCause =
  | 'content'
  | 'timestamps'
  | 'ownership'
  | 'mode'
  | 'xattrs'
  | 'order'
  | 'metadata'
  | 'tar-encoding'
  | 'step';

export interface ComparedLayer {
  readonly index: number;
  readonly digest: Digest | null;
  readonly diffId: Digest;
  readonly size: number | null;
  readonly uncompressedSize: number;
  readonly mediaType: string | null;
  readonly step: string;
}

export interface LayerDifference {
  readonly status: LayerStatus;
  readonly cause?: RebuildCause;
  readonly base?: ComparedLayer;
  readonly target?: ComparedLayer;
}

export type FileChange = 'content' | 'type' | 'mode' | 'owner' | 'link' | 'xattrs' | 'device' | 'mtime';

export interface FileDifference {
  readonly path: string;
  readonly pathBase64?: string;
  readonly status: 'added' | 'modified' | 'removed';
  readonly changes: readonly FileChange[];
  readonly volatile?: true;
  readonly base?: FileState;
  readonly target?: FileState;
  /**
   * Index of the target layer that gave the present state; of what is gone, the layer that hides it or was built
   * without it, and null where it went with a removed layer.
   */
  readonly layer: number | null;
}

export interface FileDifferences {
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  readonly volatile: number;
  readonly entries: readonly FileDifference[];
}

export interface ConfigDifference {
  /** JSON pointer into the config, lists such as `Env` by name: `/config/Env/PATH`. */
  readonly path: string;
  /** Null where a side does not have it. */
  readonly base: unknown;
  readonly target: unknown;
  readonly volatile?: true;
}
