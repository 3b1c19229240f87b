import { parentPort, type Transferable } from 'node:worker_threads';
import { VarveError } from '../errors.ts';
import type { FromWorker } from './messages.ts';
import { packFault } from './packed-fault.ts';

/**
 * Sends one of the replies to a task. What is transferred is moved, not copied, and can no longer be used here: give
 * whole buffers of your own (`Buffer.allocUnsafeSlow`).
 */
export type SendReply<Reply> = (reply: Reply, transfer?: readonly Transferable[]) => void;

/**
 * Makes this thread a worker of a `WorkerPool`: it gets one task at a time, sends any number of replies to each, and
 * is through with it when the promise settles. What the promise rejects with is thrown to who asked.
 */
export function serveTasks<Request, Reply>(
  handle: (request: Request, send: SendReply<Reply>) => Promise<void>,
): void {
  const port = parentPort;
  if (port === null) throw new VarveError('internal', 'a worker was started as a program of its own');
  const post = (message: FromWorker<Reply>, transfer: readonly Transferable[] = []) =>
    port.postMessage(message, transfer);
  port.on('message', async (request: Request) => {
    try {
      await handle(request, (reply, transfer) => post({ kind: 'reply', reply }, transfer));
      post({ kind: 'done' });
    } catch (fault) {
      post({ kind: 'fault', fault: packFault(fault) });
    }
  });
}
