import type { Digest } from '../../base/digest.ts';
import { type AnalyzerCall, keyText } from '../analysis/analyzer-key.ts';
import type { Fragment } from '../analysis/fragment.ts';
import type { LayerLocation } from '../image/image-source.ts';
import type { Finding } from '../words/finding.ts';

/** Port: reads layers, each once and whole, and verifies them. */
export interface LayerReader {
  /**
   * Reads the layers of one image, or of several together; results come as each is done, in any order.
   * The first layer that fails verification ends the read with its error, and nothing of it is given out.
   * @param onProgress called with stored bytes as they are read, for a progress bar.
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
  /** The analyzers to run. Where there are none, the layer is hashed and verified, and its tar not looked into. */
  readonly want: readonly AnalyzerCall[];
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
  /** What the layer itself has shown that is odd; what analyzers found stands with their fragments. */
  readonly findings: readonly Finding[];
  /** One for each analyzer that was wanted. */
  readonly fragments: readonly Fragment[];
}

/** What of a reading belongs to one of the requests that it answers. */
export function shareReading(reading: LayerReading, { index, image, want }: LayerRequest): LayerReading {
  const { image: _, ...rest } = reading;
  const keys = new Set(want.map(({ key }) => keyText(key)));
  return {
    ...rest,
    index,
    ...(image !== undefined && { image }),
    findings: want.length === 0 ? [] : reading.findings,
    fragments: reading.fragments.filter((fragment) => keys.has(keyText(fragment))),
  };
}

/** All that several requests want. */
export function joinWants(requests: readonly LayerRequest[]): readonly AnalyzerCall[] {
  return [...new Map(requests.flatMap(({ want }) => want).map((call) => [keyText(call.key), call])).values()];
}
