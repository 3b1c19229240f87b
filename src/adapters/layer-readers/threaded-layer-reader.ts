import { setImmediate } from 'node:timers/promises';
import type { CodecEngine } from '../../base/compression/codec-engine.ts';
import type { Limits } from '../../base/limits.ts';
import type { LayerAnalyzer } from '../../core/analysis/analyzer.ts';
import type { LayerReader, LayerReading, LayerRequest } from '../../core/layer/layer-reader.ts';
import { planTasks } from './layer-task.ts';
import { runTask } from './run-task.ts';

export interface LayerReaderOptions {
  readonly limits: Limits;
  readonly analyzers: readonly LayerAnalyzer[];
  /** Ends a read with its reason. */
  readonly signal?: AbortSignal;
  readonly engine?: CodecEngine;
}

/** Stored bytes between two looks at the signal and at whatever else the process has to do. */
const PAUSE_BYTES = 4 * 1024 * 1024;

export class ThreadedLayerReader implements LayerReader {
  readonly #options: LayerReaderOptions;

  constructor(options: LayerReaderOptions) {
    this.#options = options;
  }

  async *read(
    requests: readonly LayerRequest[],
    onProgress: (bytes: number) => void = () => {},
  ): AsyncGenerator<LayerReading> {
    const paced = (source: Iterable<Uint8Array>) => pausing(source, this.#options.signal);
    for (const task of planTasks(requests)) yield* runTask(task, { ...this.#options, onProgress, paced });
  }
}

async function* pausing(source: Iterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  let sincePause = 0;
  for (const chunk of source) {
    signal?.throwIfAborted();
    yield chunk;
    sincePause += chunk.length;
    if (sincePause < PAUSE_BYTES) continue;
    sincePause = 0;
    await setImmediate();
  }
}
