import type { Digest } from '../../base/digest.ts';
import type { VarveError } from '../../base/errors.ts';
import type { ImageConfig } from '../../core/image/config.ts';
import type { HeldLocation } from '../../core/image/image-source.ts';
import type { Descriptor, ImageIndex, ImageManifest, IndexEntry } from '../../core/image/manifest.ts';
import type { RawDocument } from '../../core/image/raw-document.ts';
import type { Finding } from '../../core/words/finding.ts';

/** A place that keeps images as they are distributed: indexes, manifests, configs and layers by their digests. */
export interface ImageDocuments {
  /** What the place is, for errors: a path, a repository. */
  readonly place: string;
  /** How many bytes one document may have (`limits.jsonBytes`). */
  readonly documentBytes: number;
  /** What was odd about the place itself. */
  readonly findings: readonly Finding[];
  /** Whether each look costs a journey: then what an index says of its entries is taken as it is. */
  readonly remote: boolean;
  /** Each document is checked against its descriptor; null where the place lacks it, as the three below. */
  readIndex(entry: IndexEntry): Promise<ImageIndex | null>;
  readManifest(entry: IndexEntry): Promise<RawDocument<ImageManifest> | null>;
  readConfig(descriptor: Descriptor): Promise<RawDocument<ImageConfig> | null>;
  /** Any other small document: a manifest that is not an image, what it attests. */
  readDocument(descriptor: Descriptor): Promise<Uint8Array | null>;
  /** Whether a blob is there, as far as one can tell without a journey. */
  holds(descriptor: Descriptor): boolean;
  /** Where the bytes of a layer are; null where the place lacks them, or leaves them to others. */
  locate(descriptor: Descriptor): HeldLocation | { readonly kind: 'deferred' } | null;
  /** The error for a blob that a document names and the place does not hold. */
  missing(digest: Digest): VarveError;
}
