import type { Digest } from '../../base/digest.ts';
import type { LayerFragment } from '../analysis/fragment.ts';
import type { LayerLocation } from '../image/image-source.ts';
import type { Finding } from '../words/finding.ts';

/** Port: reads layers, each once and whole, and verifies them. */
export interface LayerReader {
  /**
   * Reads the layers of one image, or of several together; results come as each is done, in any order.
   * The first layer that fails verification ends the read with its error, and nothing of it is given out.
   * @param onProgress is told of stored bytes as they are read, for a progress bar.
   */
  read(requests: readonly LayerRequest[], onProgress?: (bytes: number) => void): AsyncIterable<LayerReading>;
}

export interface LayerRequest {
  /** The layer's index in the image. */
  readonly index: number;
  /** Tells images that are read together apart; left out where there is one. */
  readonly image?: number;
  readonly location: LayerLocation;
  /** What must come out; null is not checked. */
  readonly expected: {
    readonly digest: Digest | null;
    readonly size: number | null;
    readonly diffId: Digest | null;
  };
  /** `digests`: only hash and verify, since the fragments are known. `fragments`: run the analyzers too. */
  readonly want: 'digests' | 'fragments';
}

/** What one verified read of a layer gave. */
export interface LayerReading {
  readonly index: number;
  /** As in the request. */
  readonly image?: number;
  /** SHA-256 and length in bytes of the stored blob. */
  readonly digest: Digest;
  readonly size: number;
  readonly diffId: Digest;
  readonly uncompressedSize: number;
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** Oddities of the layer that were met and survived. */
  readonly findings: readonly Finding[];
  readonly fragments: readonly LayerFragment[];
}
