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

export interface RunOptions<Request> {
  /** Ends the run, with its reason. */
  readonly signal?: AbortSignal;
  /** What of a request is moved to the worker, not copied. */
  readonly transfer?: (request: Request) => readonly Transferable[];
}

/** Threads that do tasks, started when there is work for them, and kept for more. An idle one holds up no exit. */
export class WorkerPool<Request, Reply> implements AsyncDisposable {
  readonly #options: WorkerPoolOptions;
  readonly #threads = new Set<WorkerThread<Request, Reply>>();
  readonly #waiting: Task<Request, Reply>[] = [];
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
    { signal, transfer = () => [] }: RunOptions<Request> = {},
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
    try {
      this.#waiting.push(...tasks);
      this.#beginWaiting();
      yield* inbox;
    } finally {
      signal?.removeEventListener('abort', abort);
      await this.#withdraw(tasks);
    }
  }

  /** Stops all threads; tasks that are not done fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const running = [...this.#threads].flatMap(({ task }) => task ?? []);
    const left = [...running, ...this.#waiting.splice(0)];
    await Promise.all([...this.#threads].map((thread) => this.#giveUp(thread).then(() => thread.end())));
    for (const { onEnd } of left) onEnd(stopped());
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

function stopped(): VarveError {
  return new VarveError('internal', 'the worker threads were stopped');
}
