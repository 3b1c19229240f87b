import type { Digest } from '../../base/digest.ts';
import type { Limits } from '../../base/limits.ts';
import type { LayerEntry } from '../layer/layer-entry.ts';
import type { FindingLog } from '../layer/layer-findings.ts';
import type { PayloadWriter } from './payload-writer.ts';

/** Makes one kind of fragment of each layer. All analyzers share the one pass over the layer. */
export interface LayerAnalyzer {
  readonly id: string;
  /** Raised whenever the same layer would give another fragment. */
  readonly version: number;
  /** The kind of its fragments. */
  readonly kind: string;
  readonly format: 'json' | 'ndjson';
  /** What changes its results, as canonical JSON can hold it. */
  readonly options: Readonly<Record<string, unknown>>;
  begin(layer: LayerContext): LayerAnalysis;
}

export interface LayerContext {
  /** The layer's name in errors. */
  readonly object: string;
  readonly limits: Limits;
  readonly findings: FindingLog;
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
  finish(layer: FinishedLayer, payload: PayloadWriter): void;
}

export interface FinishedLayer {
  readonly diffId: Digest;
  readonly uncompressedSize: number;
}
