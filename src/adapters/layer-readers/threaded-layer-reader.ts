import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { CodecEngine } from '../../base/compression/codec-engine.ts';
import { InflateThreads } from '../../base/compression/inflate-threads.ts';
import type { Limits } from '../../base/limits.ts';
import { WorkerPool } from '../../base/threads/worker-pool.ts';
import type { LayerAnalyzer } from '../../core/analysis/analyzer.ts';
import type { LayerReader, LayerReading, LayerRequest } from '../../core/layer/layer-reader.ts';
import { type LayerTask, planTasks, taskBytes } from './layer-task.ts';
import { runTask } from './run-task.ts';
import type { LayerNews, LayerWork } from './worker-messages.ts';

export interface LayerReaderOptions {
  readonly limits: Limits;
  /** Those of the catalogue that shall run. */
  readonly analyzers: readonly LayerAnalyzer[];
  /** The module that workers run, which calls `serveLayerWork`. */
  readonly workerScript: URL;
  /** The module that threads which only inflate run, which calls `serveInflating`. */
  readonly inflateScript: URL;
  /** Ends every read, with its reason. */
  readonly signal?: AbortSignal;
  /** `auto` when left out. */
  readonly engine?: CodecEngine;
}

/** More threads than this compete for memory more than they gain. */
const MOST_THREADS = 4;

/** Up to this many stored bytes beyond the largest task, the 55 ms that workers take to start are not won back. */
const WORTH_A_THREAD = 8 * 1024 * 1024;

/** From this many stored bytes on, a thread that inflates for this one saves more than it costs. */
const WORTH_INFLATING_APART = 32 * 1024 * 1024;

/** Stored bytes between two looks at the signal and at whatever else this thread has to do. */
const PAUSE_BYTES = 4 * 1024 * 1024;

/** Reads layers in worker threads, or in this one where that is as fast. Dispose of it to end its threads. */
export class ThreadedLayerReader implements LayerReader, AsyncDisposable {
  readonly #options: LayerReaderOptions;
  readonly #pool: WorkerPool<LayerWork, LayerNews>;
  readonly #inflateThreads: InflateThreads;

  constructor(options: LayerReaderOptions) {
    this.#options = options;
    const threads = Math.min(availableParallelism(), MOST_THREADS);
    this.#pool = new WorkerPool({ script: options.workerScript, threads });
    this.#inflateThreads = new InflateThreads(options.inflateScript, 1);
  }

  async *read(
    requests: readonly LayerRequest[],
    onProgress: (bytes: number) => void = () => {},
  ): AsyncGenerator<LayerReading> {
    const tasks = planTasks(requests);
    const beyondLargest = tasks.slice(1).reduce((sum, task) => sum + taskBytes(task), 0);
    if (beyondLargest < WORTH_A_THREAD) yield* this.#readHere(tasks, onProgress);
    else yield* this.#readInThreads(tasks, onProgress);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#pool[Symbol.asyncDispose](), this.#inflateThreads[Symbol.asyncDispose]()]);
  }

  async *#readHere(
    tasks: readonly LayerTask[],
    onProgress: (bytes: number) => void,
  ): AsyncGenerator<LayerReading> {
    const paced = (source: Iterable<Uint8Array>) => pausing(source, this.#options.signal);
    for (const task of tasks) {
      const apart = availableParallelism() > 1 && taskBytes(task) >= WORTH_INFLATING_APART;
      const threads = apart ? { threads: this.#inflateThreads } : {};
      yield* runTask(task, { ...this.#options, ...threads, onProgress, paced });
    }
  }

  async *#readInThreads(
    tasks: readonly LayerTask[],
    onProgress: (bytes: number) => void,
  ): AsyncGenerator<LayerReading> {
    const { limits, engine = 'auto', signal } = this.#options;
    const analyzers = this.#options.analyzers.map(({ id }) => id);
    const work = tasks.map((task) => ({ task, limits, engine, analyzers }));
    for await (const news of this.#pool.run(work, signal && { signal })) {
      if (news.kind === 'progress') onProgress(news.bytes);
      else yield news.reading;
    }
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
