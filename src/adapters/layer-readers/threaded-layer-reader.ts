import { availableParallelism } from 'node:os';
import type { ByteSource } from '../../base/byte-source.ts';
import type { CodecEngine } from '../../base/compression/format.ts';
import { InflateThreads } from '../../base/compression/inflate-threads.ts';
import { LimitError, type Limits } from '../../base/limits.ts';
import { withPauses } from '../../base/pausable.ts';
import { type Circumstances, WorkerPool } from '../../base/threads/worker-pool.ts';
import type { LayerAnalyzer } from '../../core/analysis/analyzer.ts';
import type { LayerReader, LayerReading, LayerRequest } from '../../core/reading/layer-reader.ts';
import type { Registries } from '../registry/registries.ts';
import { type LayerTask, planTasks, taskBytes } from './layer-task.ts';
import { runTask } from './run-task.ts';
import type { LayerNews, LayerWork } from './worker-messages.ts';

export interface LayerReaderOptions {
  readonly limits: Limits;
  /** Those that requests may want. */
  readonly analyzers: readonly LayerAnalyzer[];
  /** The module that workers run, which calls `serveLayerWork` with the same analyzers. */
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

/**
 * Bytes of holes that this thread fills: nothing can interrupt it meanwhile, and they cost no stored bytes at all. Layers
 * that have more are read by a worker, which can be ended.
 */
const HOLES_HERE = 256 * 1024 * 1024;

/** The time that a worker has to stop a canceled task, in milliseconds. */
const GRACE = 500;

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
  /** Reads what this thread had better not. */
  readonly #apart: WorkerPool<LayerWork, LayerNews>;

  constructor(options: LayerReaderOptions) {
    this.#options = options;
    const threads = Math.min(availableParallelism(), MOST_THREADS) - 1;
    const script = options.workerScript;
    this.#pool = new WorkerPool({ script, threads, graceMs: GRACE });
    this.#apart = new WorkerPool({ script, threads: 1, graceMs: GRACE });
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
    const parts = [this.#pool, this.#apart, this.#inflateThreads];
    await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
  }

  async *#readHere(
    tasks: readonly LayerTask[],
    onProgress: (bytes: number) => void,
  ): AsyncGenerator<LayerReading> {
    const { signal } = this.#options;
    for (const task of tasks) yield* this.#readTask(task, { onProgress, apart: true, signal });
  }

  /** Reads a task in this thread, or what is left of it in a worker once it proves to have large holes. */
  async *#readTask(task: LayerTask, circumstances: TaskCircumstances): AsyncGenerator<LayerReading> {
    const given = new Set<string>();
    const nameOf = ({ image, index }: LayerReading): string => `${image} ${index}`;
    try {
      for await (const reading of this.#readNow(task, circumstances)) {
        given.add(nameOf(reading));
        yield reading;
      }
    } catch (fault) {
      const isMeant = this.#options.limits.sparseBytes <= HOLES_HERE;
      if (isMeant || !(fault instanceof LimitError) || fault.limit !== 'sparseBytes') throw fault;
      const { signal } = circumstances;
      for await (const news of this.#apart.run([this.#workOf(task)], signal && { signal }))
        if (news.kind === 'reading' && !given.has(nameOf(news.reading))) yield news.reading;
    }
  }

  #workOf(task: LayerTask): LayerWork {
    const { limits, engine = 'auto', registries } = this.#options;
    return { task, limits, engine, registryAccess: registries?.access ?? null };
  }

  /**
   * Reads a task in this thread.
   * @throws LimitError for holes that are too large to be filled here.
   */
  #readNow(task: LayerTask, { onProgress, apart, signal }: TaskCircumstances): AsyncGenerator<LayerReading> {
    const worthwhile = availableParallelism() > 1 && taskBytes(task) >= WORTH_INFLATING_APART;
    const threads = apart && worthwhile ? { threads: this.#inflateThreads } : {};
    const paced = (source: ByteSource) => withPauses(source, signal);
    const { limits } = this.#options;
    return runTask(task, {
      ...this.#options,
      limits: { ...limits, sparseBytes: Math.min(limits.sparseBytes, HOLES_HERE) },
      ...threads,
      ...(signal && { signal }),
      onProgress,
      paced,
    });
  }

  async *#readInThreads(
    tasks: readonly LayerTask[],
    onProgress: (bytes: number) => void,
  ): AsyncGenerator<LayerReading> {
    const { signal } = this.#options;
    const work = tasks.map((task) => this.#workOf(task));
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
