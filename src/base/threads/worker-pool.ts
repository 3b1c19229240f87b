import type { Transferable } from 'node:worker_threads';
import { VarveError } from '../errors.ts';
import { Inbox } from './inbox.ts';
import { type Task, WorkerThread } from './worker-thread.ts';

export interface WorkerPoolOptions {
  /** The module that the workers run, which calls `serveTasks`. */
  readonly script: URL;
  /** How many threads there may be at once. */
  readonly threads: number;
  /** How many milliseconds a task may take to give up before its thread is ended by force; 5,000 when left out. */
  readonly graceMs?: number;
}

const GRACE_MS = 5_000;

export interface RunOptions<Request, Reply> {
  /** Ends the run, with its reason. */
  readonly signal?: AbortSignal;
  /** Does tasks in this thread, while the workers start and in addition to them. */
  readonly here?: (request: Request, circumstances: Circumstances) => AsyncIterable<Reply>;
  /** What of a request is moved to the worker, not copied. */
  readonly transfer?: (request: Request) => readonly Transferable[];
}

export interface Circumstances {
  /** Aborts when the task was given up. */
  readonly signal: AbortSignal;
  /** Whether a worker will soon have nothing to do: no more tasks wait than there are workers. */
  readonly last: boolean;
}

/** Threads that do tasks, started when there is work for them, and kept for more. An idle one holds up no exit. */
export class WorkerPool<Request, Reply> implements AsyncDisposable {
  readonly #options: WorkerPoolOptions;
  readonly #threads = new Set<WorkerThread<Request, Reply>>();
  readonly #waiting: Task<Request, Reply>[] = [];
  readonly #runs = new Set<Inbox<Reply>>();
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /**
   * Does tasks, begun in their order, and gives their replies as they come. The first fault, the abort of the signal
   * and the end of the reading end them all: threads that are at work on them are stopped.
   * @throws what a task threw; VarveError `internal` when a thread dies under its task; the signal's reason.
   */
  async *run(
    requests: readonly Request[],
    { signal, here, transfer = () => [] }: RunOptions<Request, Reply> = {},
  ): AsyncGenerator<Reply, void> {
    signal?.throwIfAborted();
    if (this.#closed) throw stopped();
    const inbox = new Inbox<Reply>();
    const tasks = new Set<Task<Request, Reply>>();
    for (const request of requests) {
      const task: Task<Request, Reply> = {
        request,
        transfer: transfer(request),
        onReply: (reply) => inbox.push(reply),
        onEnd: (fault) => {
          tasks.delete(task);
          if (fault !== null) inbox.fail(fault);
          else if (tasks.size === 0) inbox.end();
        },
      };
      tasks.add(task);
    }
    if (tasks.size === 0) return;
    const abort = () => inbox.fail(signal?.reason);
    signal?.addEventListener('abort', abort);
    const over = new AbortController();
    let own = Promise.resolve();
    this.#runs.add(inbox);
    try {
      this.#waiting.push(...tasks);
      if (here !== undefined) own = this.#workHere(tasks, here, over.signal);
      this.#beginWaiting();
      yield* inbox;
    } finally {
      over.abort(stopped());
      signal?.removeEventListener('abort', abort);
      this.#runs.delete(inbox);
      await Promise.all([own, this.#withdraw(tasks)]);
    }
  }

  /** Stops all threads; runs that are not done fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const inbox of this.#runs) inbox.fail(stopped());
    this.#waiting.length = 0;
    await Promise.all([...this.#threads].map((thread) => this.#giveUp(thread).then(() => thread.end())));
  }

  #beginWaiting(): void {
    for (const thread of this.#threads) {
      if (thread.gone) this.#threads.delete(thread);
      else if (thread.idle) this.#beginNext(thread);
    }
    while (this.#waiting.length > 0 && this.#threads.size < this.#options.threads) {
      const thread = new WorkerThread<Request, Reply>(this.#options.script, () => this.#beginWaiting());
      this.#threads.add(thread);
      this.#beginNext(thread);
    }
  }

  async #workHere(
    tasks: ReadonlySet<Task<Request, Reply>>,
    here: NonNullable<RunOptions<Request, Reply>['here']>,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      const next = this.#waiting.findIndex((task) => tasks.has(task));
      const [task] = next === -1 ? [] : this.#waiting.splice(next, 1);
      if (task === undefined) return;
      // The threads begin theirs before this one is busy.
      await null;
      try {
        const last = this.#waiting.length <= this.#options.threads;
        for await (const reply of here(task.request, { signal, last })) task.onReply(reply);
        task.onEnd(null);
      } catch (fault) {
        return task.onEnd(toError(fault));
      }
    }
  }

  #beginNext(thread: WorkerThread<Request, Reply>): void {
    const task = this.#waiting.shift();
    if (task !== undefined) thread.begin(task);
  }

  async #withdraw(tasks: ReadonlySet<Task<Request, Reply>>): Promise<void> {
    const others = this.#waiting.filter((task) => !tasks.has(task));
    this.#waiting.splice(0, this.#waiting.length, ...others);
    const atWork = [...this.#threads].filter(({ task }) => task !== null && tasks.has(task));
    await Promise.all(atWork.map((thread) => this.#giveUp(thread)));
  }

  #giveUp(thread: WorkerThread<Request, Reply>): Promise<void> {
    return thread.giveUp(this.#options.graceMs ?? GRACE_MS);
  }
}

function toError(fault: unknown): Error {
  return fault instanceof Error ? fault : new Error(String(fault), { cause: fault });
}

function stopped(): VarveError {
  return new VarveError('internal', 'the worker threads were stopped');
}
