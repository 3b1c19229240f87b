import type { Digest } from '../../base/digest.ts';
import type { Limits } from '../../base/limits.ts';
import type { FindingLog, ReadableFindings } from '../layer/finding-log.ts';
import type { LayerEntry } from '../layer/layer-entry.ts';
import type { AnalyzerKey, AnalyzerOptions } from './analyzer-key.ts';
import type { PayloadWriter } from './payload-writer.ts';

/** What analyzers of layers and of images have in common. */
export interface Analyzer<Code extends string = string> {
  readonly key: AnalyzerKey;
  readonly format: 'json' | 'ndjson';
  /** How many days a fragment is kept at least once it was made or used; null until it is deleted. */
  readonly keepDays: number | null;
  /** Every oddity that it reports, with one sentence for the documentation. Its findings enter no other fragment. */
  readonly findings: Readonly<Record<Code, string>>;
}

/** Makes one kind of fragment of each layer. All analyzers share the one pass over the layer. */
export interface LayerAnalyzer<Code extends string = string> extends Analyzer<Code> {
  /** What the key has the digest of. */
  readonly options: AnalyzerOptions;
  /** The same analyzer with other options; left out where it takes none. */
  withOptions?(options: AnalyzerOptions): LayerAnalyzer<Code>;
  begin(layer: LayerContext<Code>): LayerAnalysis;
  /**
   * Finds out a stored fragment of its kind, made by whichever version, that is not of a layer.
   * @param head the first line of an NDJSON payload, the whole of a JSON one.
   * @throws VarveError `malformed`, naming the object.
   */
  examine?(head: Uint8Array, layer: LayerFacts, object: string): void;
}

export interface LayerContext<Code extends string = string> {
  /** The layer's name in errors. */
  readonly object: string;
  readonly limits: Limits;
  /** What the layer itself has shown so far: all of it once the layer is finished. */
  readonly layerFindings: ReadableFindings;
  /** The analyzer's own log. */
  readonly findings: FindingLog<Code>;
}

/** One analyzer at work on one layer. */
export interface LayerAnalysis {
  /** An entry begins. @returns whether its content is wanted. */
  enter?(entry: LayerEntry): boolean;
  /** The next part of content that was wanted; valid during the call only. */
  content?(bytes: Buffer, start: number, end: number): void;
  /** The entry is complete: its content hash is known. */
  leave?(entry: LayerEntry): void;
  /** Writes the fragment. */
  finish(layer: LayerFacts, payload: PayloadWriter): void;
}

/** What a whole, verified layer is known by. */
export interface LayerFacts {
  readonly diffId: Digest;
  /** Bytes of the layer's tar. */
  readonly uncompressedSize: number;
}
