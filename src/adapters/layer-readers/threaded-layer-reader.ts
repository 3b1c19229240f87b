import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { ByteSource } from '../../base/byte-source.ts';
import type { CodecEngine } from '../../base/compression/format.ts';
import { InflateThreads } from '../../base/compression/inflate-threads.ts';
import type { Limits } from '../../base/limits.ts';
import { type Circumstances, WorkerPool } from '../../base/threads/worker-pool.ts';
import type { LayerAnalyzer } from '../../core/analysis/analyzer.ts';
import type { LayerReader, LayerReading, LayerRequest } from '../../core/reading/layer-reader.ts';
import type { Registries } from '../registry/registries.ts';
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
  /** Where blobs of registries come from; workers have connections of their own. */
  readonly registries?: Registries;
  /** Ends every read, with its reason. */
  readonly signal?: AbortSignal;
  /** `auto` when left out. */
  readonly engine?: CodecEngine;
}

/** This one and its workers. More threads than this compete for memory more than they gain. */
const MOST_THREADS = 4;

/** Up to this many stored bytes beyond the largest task, the 55 ms that workers take to start are not won back. */
const WORTH_A_THREAD = 8 * 1024 * 1024;

/** From this many stored bytes on, a thread that inflates for this one saves more than it costs. */
const WORTH_INFLATING_APART = 16 * 1024 * 1024;

/** Stored bytes between two looks at the signal and at whatever else this thread has to do. */
const PAUSE_BYTES = 4 * 1024 * 1024;

interface TaskCircumstances {
  readonly onProgress: (bytes: number) => void;
  readonly apart: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Reads layers in worker threads, or in this one where that is as fast. Dispose of it to end its threads. */
export class ThreadedLayerReader implements LayerReader, AsyncDisposable {
  readonly #options: LayerReaderOptions;
  readonly #pool: WorkerPool<LayerWork, LayerNews>;
  readonly #inflateThreads: InflateThreads;

  constructor(options: LayerReaderOptions) {
    this.#options = options;
    const threads = Math.min(availableParallelism(), MOST_THREADS) - 1;
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
    const { signal } = this.#options;
    for (const task of tasks) yield* this.#readTask(task, { onProgress, apart: true, signal });
  }

  /** Reads a task in this thread. @param apart whether another thread has nothing to do, and may inflate for this one. */
  #readTask(task: LayerTask, { onProgress, apart, signal }: TaskCircumstances): AsyncGenerator<LayerReading> {
    const worthwhile = availableParallelism() > 1 && taskBytes(task) >= WORTH_INFLATING_APART;
    const threads = apart && worthwhile ? { threads: this.#inflateThreads } : {};
    const paced = (source: ByteSource) => pausing(source, signal);
    return runTask(task, { ...this.#options, ...threads, ...(signal && { signal }), onProgress, paced });
  }

  async *#readInThreads(
    tasks: readonly LayerTask[],
    onProgress: (bytes: number) => void,
  ): AsyncGenerator<LayerReading> {
    const { limits, engine = 'auto', signal, registries } = this.#options;
    const registryAccess = registries?.access ?? null;
    const analyzers = this.#options.analyzers.map(({ id }) => id);
    const work = tasks.map((task) => ({ task, limits, engine, analyzers, registryAccess }));
    const readHere = this.#readTask.bind(this);
    async function* here(
      { task }: LayerWork,
      { signal, last: apart }: Circumstances,
    ): AsyncGenerator<LayerNews> {
      for await (const reading of readHere(task, { onProgress, apart, signal }))
        yield { kind: 'reading', reading };
    }
    for await (const news of this.#pool.run(work, { here, ...(signal && { signal }) })) {
      if (news.kind === 'progress') onProgress(news.bytes);
      else yield news.reading;
    }
  }
}

async function* pausing(source: ByteSource, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  let sincePause = 0;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    yield chunk;
    sincePause += chunk.length;
    if (sincePause < PAUSE_BYTES) continue;
    sincePause = 0;
    await setImmediate();
  }
}
