import * as threads from 'node:worker_threads';
import { VarveError } from '../errors.ts';
import { type FromWorker, packFault, type ToWorker } from './messages.ts';
import { StopFlag } from './stop-flag.ts';

/**
 * Sends one of the replies to a task. What is transferred is moved, not copied, and can no longer be used here: give
 * whole buffers of your own (`Buffer.allocUnsafeSlow`).
 * @throws VarveError `internal` when the task was given up, for it to give up.
 */
export type SendReply<Reply> = (reply: Reply, transfer?: readonly threads.Transferable[]) => void;

/** Does one task. The signal aborts when it is no longer wanted; a task that never waits learns it when it sends. */
export type TaskHandler<Request, Reply> = (
  request: Request,
  send: SendReply<Reply>,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Makes this thread a worker of a `WorkerPool`: it gets one task at a time, sends any number of replies to each, and
 * is through with it when the promise settles. What the promise rejects with is thrown to who asked.
 */
export function serveTasks<Request, Reply>(handle: TaskHandler<Request, Reply>): void {
  const port = threads.parentPort;
  const memory: unknown = threads.workerData;
  if (port === null || !(memory instanceof SharedArrayBuffer)) {
    throw new VarveError('internal', 'a worker was started by something else than its pool');
  }
  const flag = new StopFlag(memory);
  const post = (message: FromWorker<Reply>, transfer: readonly threads.Transferable[] = []) =>
    port.postMessage(message, transfer);
  const send: SendReply<Reply> = (reply, transfer) => {
    if (flag.raised) throw givenUp();
    post({ kind: 'reply', reply }, transfer);
  };
  let controller = new AbortController();
  port.on('message', async (message: ToWorker<Request>) => {
    if (message.kind === 'give-up') return controller.abort(givenUp());
    controller = new AbortController();
    try {
      await handle(message.request, send, controller.signal);
      post({ kind: 'done' });
    } catch (fault) {
      post({ kind: 'fault', fault: packFault(fault) });
    }
  });
}

function givenUp(): VarveError {
  return new VarveError('internal', 'the task was given up');
}
