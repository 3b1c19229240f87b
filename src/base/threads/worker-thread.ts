import { type Transferable, Worker } from 'node:worker_threads';
import { VarveError } from '../errors.ts';
import { type FromWorker, type ToWorker, unpackFault } from './messages.ts';
import { StopFlag } from './stop-flag.ts';

/** Something for a worker to do. */
export interface Task<Request, Reply> {
  readonly request: Request;
  /** What of the request is moved to the worker, not copied. */
  readonly transfer: readonly Transferable[];
  readonly onReply: (reply: Reply) => void;
  /** Is called once, with null when all went well; not when the task was given up. */
  readonly onEnd: (fault: Error | null) => void;
}

/** One worker thread, which has one task at most. */
export class WorkerThread<Request, Reply> {
  readonly #worker: Worker;
  readonly #stop = new StopFlag();
  readonly #onChange: () => void;
  #task: Task<Request, Reply> | null = null;
  /** Settles when a task that was given up has ended. */
  #unwanted: PromiseWithResolvers<void> | null = null;
  #state: 'well' | 'ending' | 'gone' = 'well';
  #fault: Error | null = null;

  /** @param onChange is called when `idle` or `gone` may have become true. */
  constructor(script: URL, onChange: () => void) {
    this.#onChange = onChange;
    this.#worker = new Worker(script, { execArgv: [], workerData: this.#stop.memory });
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker<Reply>) => {
      if (message.kind !== 'reply')
        this.#endTask(message.kind === 'fault' ? unpackFault(message.fault) : null);
      else if (this.#unwanted === null) this.#task?.onReply(message.reply);
    });
    this.#worker.on('messageerror', (fault) => this.#crash(fault));
    this.#worker.on('error', (fault) => this.#crash(fault));
    this.#worker.on('exit', (status) => {
      this.#state = 'gone';
      this.#endTask(threadEnded(status, this.#fault));
    });
  }

  /** Whether it can be given a task. */
  get idle(): boolean {
    return this.#state === 'well' && this.#task === null;
  }

  /** Whether it has come to its end. */
  get gone(): boolean {
    return this.#state === 'gone';
  }

  get task(): Task<Request, Reply> | null {
    return this.#task;
  }

  /** Begins a task; the thread must be idle. The process does not exit before the task ends. */
  begin(task: Task<Request, Reply>): void {
    this.#task = task;
    this.#worker.ref();
    try {
      this.#post({ kind: 'task', request: task.request }, task.transfer);
    } catch (cause) {
      this.#endTask(new VarveError('internal', 'a task cannot be sent to a worker thread', { cause }));
    }
  }

  /**
   * Has the task given up, and settles when the thread is idle again, or gone; the task gets no answer.
   * A thread is not simply ended, since Node ends the whole process when that meets a zlib stream being made
   * (`close before init`): only one that does not listen for `graceMs` milliseconds is.
   */
  async giveUp(graceMs: number): Promise<void> {
    if (this.#task === null) return;
    if (this.#unwanted === null) {
      this.#unwanted = Promise.withResolvers<void>();
      this.#stop.raise();
      this.#post({ kind: 'give-up' });
    }
    const timer = setTimeout(() => this.end(), graceMs);
    await this.#unwanted.promise;
    clearTimeout(timer);
  }

  /** Ends the thread. */
  async end(): Promise<void> {
    if (this.#state === 'well') this.#state = 'ending';
    await this.#worker.terminate();
  }

  #post(message: ToWorker<Request>, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #crash(fault: Error): void {
    this.#fault ??= fault;
    void this.end();
  }

  #endTask(fault: Error | null): void {
    const task = this.#task;
    const unwanted = this.#unwanted;
    this.#task = null;
    this.#unwanted = null;
    this.#stop.lower();
    // One that is being ended is waited for, though it may still say that it is done.
    if (this.#state === 'well') this.#worker.unref();
    if (unwanted === null) task?.onEnd(fault);
    else unwanted.resolve();
    this.#onChange();
  }
}

function threadEnded(code: number, cause: Error | null): VarveError {
  const why = cause === null ? `it exited with status ${code}` : cause.message;
  const outOfMemory = cause !== null && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return new VarveError('internal', `a worker thread came to an end: ${why}`, {
    ...(cause !== null && { cause }),
    ...(outOfMemory && { hint: 'give it more memory: NODE_OPTIONS=--max-old-space-size=4096' }),
  });
}
