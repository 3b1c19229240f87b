import { type Transferable, Worker } from 'node:worker_threads';
import { VarveError } from '../errors.ts';
import type { FromWorker } from './messages.ts';
import { unpackFault } from './packed-fault.ts';

/** Something for a worker to do. */
export interface Task<Request, Reply> {
  readonly request: Request;
  /** What of the request is moved to the worker, not copied. */
  readonly transfer: readonly Transferable[];
  readonly onReply: (reply: Reply) => void;
  /** Is called once, with null when all went well, and never after the thread was stopped. */
  readonly onEnd: (fault: Error | null) => void;
}

/** One worker thread, which has one task at most. */
export class WorkerThread<Request, Reply> {
  readonly #worker: Worker;
  readonly #onChange: () => void;
  #task: Task<Request, Reply> | null = null;
  #state: 'well' | 'ending' | 'gone' = 'well';
  #fault: Error | null = null;

  /** @param onChange is called when `idle` or `gone` may have become true. */
  constructor(script: URL, onChange: () => void) {
    this.#onChange = onChange;
    this.#worker = new Worker(script, { execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker<Reply>) => {
      if (message.kind === 'reply') this.#task?.onReply(message.reply);
      else this.#endTask(message.kind === 'fault' ? unpackFault(message.fault) : null);
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
      this.#worker.postMessage(task.request, task.transfer);
    } catch (cause) {
      this.#endTask(new VarveError('internal', 'a task cannot be sent to a worker thread', { cause }));
    }
  }

  /** Ends the thread, in the midst of whatever it does; its task hears no more. */
  async stop(): Promise<void> {
    this.#task = null;
    if (this.#state === 'well') this.#state = 'ending';
    await this.#worker.terminate();
  }

  #crash(fault: Error): void {
    this.#fault ??= fault;
    if (this.#state === 'well') this.#state = 'ending';
    void this.#worker.terminate();
  }

  #endTask(fault: Error | null): void {
    const task = this.#task;
    this.#task = null;
    // One that is being ended is waited for, though it may still say that it is done.
    if (this.#state === 'well') this.#worker.unref();
    task?.onEnd(fault);
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
