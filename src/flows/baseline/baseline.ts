import type { Digest } from '../../base/digest.ts';
import type { Analyzers } from '../../core/analysis/analyzers.ts';
import type { SnapshotView } from '../../core/comparison/snapshot-view.ts';
import type { OwnRun, Situation } from '../../core/history/choose-baseline.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { BaseImage } from '../../core/image/base-image.ts';
import type { SourceLayer } from '../../core/image/image-source.ts';
import type { ReadImage } from '../../core/report/report.ts';
import type { PointerBaseline } from '../../core/run/pointer.ts';
import type { RunFacts } from '../../core/run/run-facts.ts';
import type { ImageSize } from '../../core/snapshot/image-size.ts';
import type { Store } from '../../core/store/store.ts';
import type { SurfaceManifest } from '../../core/surface/manifest.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import type { Platform } from '../../core/words/platform.ts';
import type { BaseSubject } from '../base-image/base-search.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import type { ImageTools } from '../image/open-image.ts';
import type { TakenSnapshot } from '../image/take-snapshot.ts';

/**
 * What a run is compared with, for one platform of its image, and where its own snapshot is kept afterwards. Nothing in
 * a baseline is trusted: if it is damaged or out of reach, the run is a first run and the report says so.
 */
export interface Baseline {
  /**
   * Lets the run's own store have manifests and configs, before the image is opened: where it is still the same, its
   * documents are known by their digests.
   */
  shareDocuments(own: Store, run: RunFacts): Promise<void>;
  /**
   * Lets the run's own store know what the baseline knows of the image's layers, so that they need not be read.
   * @returns what is wrong with it.
   * @throws VarveError when the run's own store cannot be written.
   */
  shareLayers(own: Store, image: ImageToRead): Promise<readonly string[]>;
  /**
   * Finds the snapshot to compare with.
   * @throws VarveError when an image that was named as baseline, or the run's own store, cannot be read.
   */
  find(tools: ImageTools & LayerTools, image: ComparedImage): Promise<BaselineSearch>;
  /**
   * The last snapshots of the branch, or of the one that a pull request is to be merged into, newest first; left out by
   * baselines without a history. Those whose size is not known are passed over, and trouble is: nothing depends on them.
   */
  recall?(limit: number): Promise<readonly RecalledSnapshot[]>;
  /** Adds the run's snapshot, with all that the next comparison needs. Trouble is reported, not thrown. */
  keep(own: Store, run: KeptRun): Promise<Keeping>;
}

/** A snapshot that was taken earlier. */
export interface RecalledSnapshot {
  readonly entry: HistoryEntry;
  readonly size: ImageSize;
}

/** An image whose layers are about to be read. */
export interface ImageToRead {
  /** Digest of its config. */
  readonly config: Digest;
  readonly layers: readonly SourceLayer[];
  readonly origin: Origin;
  /** Those whose results are wanted, and that tell whether a result is of its layer. */
  readonly analyzers: Analyzers;
}

/** An image whose snapshot was taken. */
export interface ComparedImage {
  readonly platform: Platform;
  readonly origin: Origin;
  /** A baseline image without the platform is a mistake; among several it makes a first run. */
  readonly alone: boolean;
}

/** How the commits around the one that was built are known. */
export interface Hindsight {
  readonly situation: Situation;
  /** Whose entries are never the baseline; null for a run that leaves none. */
  readonly own?: OwnRun | null;
  /** What would let more ancestors be found, said where that may have mattered; null when nothing is missing. */
  readonly horizon?: string | null;
  /** What went wrong when commits were looked up. */
  readonly notes?: readonly string[];
}

/** A snapshot to compare with, and how it was found. */
export interface FoundBaseline {
  readonly snapshot: SnapshotView;
  readonly facts: PointerBaseline;
  /** What reading it gave; left out where it is a stored snapshot. */
  readonly read?: ReadImage;
  /** The commit that the distance is counted from: that of the base, or the one that was built. */
  readonly countedFrom: 'base' | 'built';
  /** The image that it is built on, as its run found it; null where that is not known, or may be a stranger's claim. */
  readonly base: BaseImage | null;
  /** What it says itself of the image that it is built on. */
  readonly readHints: BaseSubject['readHints'];
  /** Whether it is in the store that the run itself writes to: trouble with that one is trouble of the run. */
  readonly own: boolean;
  /** Reads all layers again, whatever the store knows about them; null if the image itself cannot be read. */
  readonly readAgain: (() => Promise<FoundBaseline | null>) | null;
}

export interface BaselineSearch {
  /** Null on a first run. */
  readonly baseline: FoundBaseline | null;
  /**
   * Why there is none: `absent` where nothing of this platform is kept, `unusable` where it is damaged or out of reach,
   * `unwanted` where none was asked for. Null where there is one.
   */
  readonly none: 'absent' | 'unusable' | 'unwanted' | null;
  readonly notes: readonly string[];
  /** All that the baseline's image is for, as far as it is known. */
  readonly platforms: readonly Platform[];
}

/** A run whose snapshot and documents are in its own store. */
export interface KeptRun {
  readonly entry: HistoryEntry;
  readonly origin: Origin;
  readonly taken: TakenSnapshot;
  readonly surfaceManifest: SurfaceManifest;
}

/** Where a snapshot was kept for later runs, and what went wrong. */
export interface Keeping {
  /** Location of the store that has it, if any. */
  readonly keptIn: string | null;
  readonly notes: readonly string[];
  /** What is good to know, and no trouble: why nothing was to be kept. */
  readonly asides?: readonly string[];
}

/** A run without a baseline; with a place, one whose baseline there cannot be used. */
export class NoBaseline implements Baseline {
  readonly #trouble: { readonly place: string; readonly problem: string } | null;

  constructor(trouble: { readonly place: string; readonly problem: string } | null = null) {
    this.#trouble = trouble;
  }

  async shareDocuments(): Promise<void> {}

  async shareLayers(): Promise<readonly string[]> {
    return [];
  }

  async find(): Promise<BaselineSearch> {
    if (this.#trouble === null) return { ...NOTHING, none: 'unwanted', notes: [] };
    const { place, problem } = this.#trouble;
    return { ...NOTHING, none: 'unusable', notes: [unusable(place, problem)] };
  }

  async keep(): Promise<Keeping> {
    if (this.#trouble === null) return { keptIn: null, notes: [] };
    return { keptIn: null, notes: [`the snapshot was not saved in ${this.#trouble.place}`] };
  }
}

/** The part of a search that led nowhere. */
export const NOTHING = { baseline: null, platforms: [] } as const;

/** Says that a baseline cannot be used. Another one may take its place. */
export function unusable(place: string, problem: string): string {
  return `the baseline in ${place} cannot be used (${problem})`;
}

/** Says that a run has saved a snapshot of the name before, usually of another image: their histories would be mixed. */
export function sharedName(place: string, name: string): string {
  return `the snapshot was not saved in ${place}: this run has saved one under the name ${name} already; give each image of a run a name of its own (input name)`;
}
