import type { Digest } from '../../base/digest.ts';
import type { Comparison } from '../comparison/comparison.ts';
import type { DescribedAttachment } from '../image/attestation.ts';
import type { PointerBaseline } from '../run/pointer.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Finding } from '../words/finding.ts';
import type { Platform } from '../words/platform.ts';
import type { AttentionLine } from './attention.ts';
import type { FileSection } from './file-lines.ts';
import type { LayerLine, LayerLocations } from './layer-lines.ts';
import type { Measure, SizeFacts } from './measure.ts';
import type { Outcome } from './outcome.ts';
import type { Phrase } from './phrase.ts';
import type { SettingChange } from './setting-changes.ts';

/** What a run has to say, one part a platform. Made by `makeReport`, parted by `sections.ts`, and then rendered. */
export interface Report {
  readonly images: readonly ImageReport[];
  /** Platforms that the baseline has and the image no longer has: `linux/386`. */
  readonly gone: readonly string[];
  /** Images that the index names and that are not there: by platform, or by digest where none is stated. */
  readonly absent: readonly string[];
  /** Platforms that could not be dealt with, and why. */
  readonly failures: readonly { readonly platform: string; readonly problem: string }[];
  /** Sentences about the run as a whole; what they quote stands in backquotes. */
  readonly notes: readonly string[];
}

/** What a report says about the run as a whole. */
export interface RunRemarks {
  readonly gone: readonly Platform[];
  /** Images that the index names and that are not there: by platform, or by digest where none is stated. */
  readonly absent: readonly string[];
  readonly failures: readonly { readonly platform: Platform; readonly problem: string }[];
  readonly notes: readonly string[];
}

/** The facts about one platform's image that a report is made from. */
export interface ReportedImage {
  readonly name: string;
  /** The image reference in canonical text. */
  readonly reference: string;
  readonly snapshot: Snapshot;
  readonly snapshotDigest: Digest;
  /** The platform that it is listed under; where left out, the one that its config states. */
  readonly listedAs?: Platform;
  /** Other platforms were compared, and the baseline has nothing of this one. */
  readonly isNew?: boolean;
  /** Null when there was nothing to compare with. */
  readonly change: ReportedChange | null;
  /** The store that keeps the snapshot for the next run, such as `dir:.varve`; null when none does. */
  readonly keptIn: string | null;
  /** Number of the pull request that it is of: such a snapshot is never compared with. */
  readonly pullRequest: number | null;
  /** Null when no layer had to be looked at, as with two stored snapshots. */
  readonly reading: Reading | null;
  readonly findings: readonly LayerFinding[];
  /** The base images of both sides, where they are known. */
  readonly baseImage?: BaseImages;
  /** The same of the image that it is compared with; left out where that is a stored snapshot. */
  readonly baseRead?: ReadImage;
  readonly attachments: readonly DescribedAttachment[];
  /** Empty when it is not known. */
  readonly locations: LayerLocations;
  /** Sentences about the run that a reader must know: a damaged baseline, a platform that is not merged. */
  readonly notes: readonly string[];
  /** Sentences that are good to know, and no trouble. */
  readonly asides?: readonly string[];
}

/** What an image is built on: of the image that is compared with, and of this one; null where it is not known. */
export interface BaseImages {
  readonly before: KnownBase | null;
  readonly after: KnownBase | null;
}

/** An upstream image whose layers are the lowest of an image. */
export interface KnownBase {
  /** `node:22.12-slim` */
  readonly name: string | null;
  readonly digest: string | null;
  /** How many of the image's lowest layers are the base's. */
  readonly layers: number;
}

/** The comparison with the baseline. */
export interface ReportedChange {
  readonly baseline: BaselineFacts;
  readonly comparison: Comparison;
}

/** The same, and what was read out of it. */
export interface ChangeReport extends ReportedChange {
  /** The cache-bust story in one sentence; null where the base has every layer. */
  readonly story: Phrase | null;
  /** What to do about it, a sentence each. */
  readonly advice: readonly Phrase[];
}

/** The snapshot compared against, how it was found, and how old it is. */
export interface BaselineFacts extends PointerBaseline {
  /** The commit that the distance is counted from: that of the base, or the one that was built. */
  readonly countedFrom: 'base' | 'built';
  /** Whether it is of the same commit as the build: an earlier run of it. */
  readonly sameCommit: boolean;
  /** Seconds between the two snapshots; null when one of the times is not known. */
  readonly age: number | null;
}

/** What reading an image cost, and what it showed. */
export interface ReadImage {
  readonly reading: Reading;
  readonly findings: readonly LayerFinding[];
}

/** What was read, and what was known already. */
export interface Reading {
  readonly reused: number;
  readonly read: number;
  /** Stored bytes that were read. */
  readonly bytesRead: number;
  /** Of an engine, what the layers were read from: its storage, an export; empty for other transports. */
  readonly from: readonly string[];
}

/** A finding and the layer that it is about; null when it is about the image. */
export interface LayerFinding extends Finding {
  readonly layer: number | null;
}

/** One platform's part of a report. */
export interface ImageReport extends Omit<ReportedImage, 'change' | 'asides'> {
  /** `linux/amd64` */
  readonly platform: string;
  readonly change: ChangeReport | null;
  readonly asides: readonly string[];
  readonly outcome: Outcome;
  /** The measure of its layers, and of every size whose measure is not named. */
  readonly measure: Measure;
  readonly size: SizeFacts;
  readonly layers: readonly LayerLine[];
  /** Null when files were not compared. */
  readonly files: FileSection | null;
  /** What the change brings that somebody should look at, what matters most first. */
  readonly attention: readonly AttentionLine[];
  /** Null when the configs differ and could not be compared. */
  readonly settings: readonly SettingChange[] | null;
}
