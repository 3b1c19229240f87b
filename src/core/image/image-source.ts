import type { Digest } from '../../base/digest.ts';
import type { Finding } from '../words/finding.ts';
import { formatPlatform, type Platform } from '../words/platform.ts';
import type { ImageConfig } from './config.ts';
import type { Descriptor } from './descriptor.ts';
import type { Listing, PassedOverImage } from './listing.ts';
import type { ImageManifest } from './manifest.ts';
import type { RawDocument } from './raw-document.ts';

/** Port: a transport that images are read from. */
export interface ImageSource {
  /** What its references begin with: `docker-daemon:`. */
  readonly prefix: string;
  /**
   * @param reference text that begins with the prefix.
   * @throws VarveError `bad-reference`; `image-not-found` and the like; faults of the bytes as `malformed`, …
   */
  open(reference: string): Promise<OpenedSource>;
}

/** Port: opens what a user names: a reference, a path whose kind shows when one looks, or a bare word. */
export interface ImageOpener {
  /** @throws VarveError `bad-reference`, `image-not-found`, `not-an-image`; faults of the bytes as `malformed`, … */
  open(text: string): Promise<OpenedSource>;
}

/** An opened place with one or more images in it, before a platform is chosen. */
export interface OpenedSource extends AsyncDisposable {
  /** The reference in canonical text, for reports. */
  readonly reference: string;
  /** Of the index or manifest that the reference leads to; null where the place keeps none as distributed. */
  readonly digest: Digest | null;
  /**
   * The one digest that the place calls its image by, where it tells without opening it: an engine's image ID, which is
   * that of an index, a manifest or a config.
   */
  readonly id?: Digest;
  /** Whether opening an image costs much unless its manifest and config are known from elsewhere. */
  readonly isCostly?: boolean;
  /** The repository (no tag, no digest) that the place itself states for the image, if any. */
  readonly embeddedName: string | null;
  /** What the file or folder is called that the image lies in; left out where it lies in none. */
  readonly pathName?: string;
  /** The runnable images, one a platform, in the order of the index. */
  readonly platforms: readonly Platform[];
  /** Images that the index names and that are not there, as in an archive of one platform. */
  readonly absent: readonly AbsentImage[];
  /** What else stands in the index: attestations and artifacts, for the pointer and the report. */
  readonly attachments: readonly Attachment[];
  /** Reads manifest and config of one platform (by its place in `platforms`); opens no layer. */
  image(platformIndex: number): Promise<SourceImage>;
  /**
   * Reads a manifest or another small document that belongs to an image, checked against its descriptor.
   * @returns null where the place lacks it.
   * @throws VarveError `digest-mismatch`, `size-mismatch`, `limit-exceeded`, and what the place itself fails with.
   */
  readDocument(descriptor: Descriptor): Promise<Uint8Array | null>;
}

/** An image, or an index of images, that a place names and does not hold. */
export interface AbsentImage {
  readonly digest: Digest;
  /** Null where the index states none. */
  readonly platform: Platform | null;
  /** How indexes list it; left out where an engine names it. */
  readonly listing?: Listing;
}

/** The platforms of absent images, as far as they are stated. */
export const absentPlatforms = (absent: readonly AbsentImage[]): Platform[] =>
  absent.flatMap(({ platform }) => platform ?? []);

/** An absent image as reports name it: by its platform, or by its digest. */
export const nameAbsent = ({ digest, platform }: AbsentImage): string =>
  platform === null ? digest : formatPlatform(platform);

/** A manifest in the index that is not itself an image. */
export interface Attachment {
  readonly kind: 'attestation' | 'artifact';
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of the manifest. */
  readonly size: number;
  readonly artifactType: string | null;
  /** The image manifest that it speaks of, if it says so. */
  readonly subject: Digest | null;
}

/** One platform's image, its layers not yet read. */
export interface SourceImage {
  /** As the config states it, so that it is the same wherever the image is found. */
  readonly platform: Platform;
  /** Null where the transport has no manifest of its own: never made up. */
  readonly manifest: RawDocument<ImageManifest> | null;
  readonly config: RawDocument<ImageConfig>;
  readonly layers: readonly SourceLayer[];
  readonly findings: readonly Finding[];
  /** How indexes list it; left out where it was not found by an index. */
  readonly listing?: Listing;
  /**
   * Images that the place leads to as well, and that are not looked at: others for this very platform (engines run the
   * first), or those of a second index. Left out where there are none.
   */
  readonly passedOver?: readonly PassedOverImage[];
  /** The platform that an index lists it for, where the config states another one: engines choose by the index. */
  readonly listedPlatform?: Platform;
  /** Ways to the layers whose location is deferred, the quickest first; left out where every layer is available. */
  readonly ways?: readonly LayerWay[];
}

/** A way to layers that costs too much to be taken before it is known which of them must be read. */
export interface LayerWay {
  /** What the layers are read from, for reports: `the storage of the engine`. */
  readonly name: string;
  /**
   * Finds out where layers are, by index; those that this way does not lead to are left out.
   * @throws VarveError when the way cannot be taken at all.
   */
  locate(layers: readonly SourceLayer[]): Promise<ReadonlyMap<number, LocatedLayer>>;
}

/** What is known of a layer once it was located. */
export type LocatedLayer = Pick<SourceLayer, 'address' | 'storedSize' | 'location'>;

/** A layer as manifest and config claim it. */
export interface SourceLayer {
  readonly index: number;
  /** What the config claims; true only once the layer was read, or its blob is known. */
  readonly diffId: Digest;
  /** Digest, size in bytes and media type of the blob as distributed; null where nothing is distributed. */
  readonly digest: Digest | null;
  readonly size: number | null;
  readonly mediaType: string | null;
  /** The digest that the transport keeps these bytes under, distributed or not; null when it has none. */
  readonly address: Digest | null;
  /** Bytes to read, as stored. */
  readonly storedSize: number;
  readonly location: LayerLocation;
}

/** A location that bytes can be read from. Plain data: it travels to worker threads as it is. */
export type HeldLocation = Exclude<LayerLocation, { kind: 'deferred' } | { kind: 'absent' }>;

/** Where a layer's stored bytes are, as far as it is known. */
export type LayerLocation =
  | { readonly kind: 'file'; readonly path: string; readonly offset: number; readonly length: number }
  | {
      /** A range of the uncompressed bytes of a compressed archive: reached by inflating what stands before. */
      readonly kind: 'compressed-file';
      readonly path: string;
      readonly compression: 'gzip' | 'zstd';
      readonly offset: number;
      readonly length: number;
    }
  | {
      /** A blob that a registry keeps; who may read it there is not part of the location. */
      readonly kind: 'registry';
      /** As in the reference: `docker.io`. */
      readonly host: string;
      /** Scheme, host and port that answer for it. */
      readonly origin: string;
      readonly repository: string;
      readonly digest: Digest;
      readonly length: number;
    }
  | {
      /** What an engine noted of the layer's tar, and the files that it unpacked from it: the tar is rebuilt of both. */
      readonly kind: 'tar-split';
      /** The gzip file of the notes. */
      readonly metadata: string;
      /** The folder of the files. */
      readonly root: string;
      /** Somewhat less than the tar has where the engine counted its files alone: for plans and progress only. */
      readonly length: number;
    }
  | {
      /** Found out when the layer must be read: `SourceImage.ways`. */
      readonly kind: 'deferred';
    }
  | {
      /** A foreign layer that is not fetched, or a blob that the transport lacks: an error only when it must be read. */
      readonly kind: 'absent';
      readonly reason: string;
      /** Left out for a blob that is simply not there. */
      readonly why?: 'foreign' | 'encrypted';
    };
