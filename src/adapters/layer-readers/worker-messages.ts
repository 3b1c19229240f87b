import type { CodecEngine } from '../../base/compression/codec-engine.ts';
import type { Limits } from '../../base/limits.ts';
import type { LayerReading } from '../../core/layer/layer-reader.ts';
import type { LayerTask } from './layer-task.ts';

/** What a layer worker is asked to do. */
export interface LayerWork {
  readonly task: LayerTask;
  readonly limits: Limits;
  readonly engine: CodecEngine;
  /** Ids of the analyzers to run, out of the catalogue. */
  readonly analyzers: readonly string[];
}

/** What it says meanwhile. */
export type LayerNews =
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'reading'; readonly reading: LayerReading };
