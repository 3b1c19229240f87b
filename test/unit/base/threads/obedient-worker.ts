import { threadId } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import { VarveError } from '../../../../src/base/errors.ts';
import { serveTasks } from '../../../../src/base/threads/serve-tasks.ts';

/** What the tests have a worker do. */
export type Order =
  | { readonly do: 'count'; readonly name: string; readonly to: number; readonly pauseMs?: number }
  | { readonly do: 'fail'; readonly after?: readonly string[] }
  | { readonly do: 'throw-later' | 'spin' | 'reply-with-function' | 'throw-text' | 'wait' | 'make-streams' }
  | { readonly do: 'exit'; readonly status: number }
  | { readonly do: 'transfer'; readonly bytes: number };

export type Answer =
  | { readonly kind: 'count'; readonly name: string; readonly value: number; readonly thread: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'left'; readonly length: number }
  | { readonly kind: 'word'; readonly word: string };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

serveTasks<Order, Answer>(async (order, send, signal) => {
  switch (order.do) {
    case 'count':
      for (let value = 1; value <= order.to; value++) {
        if (order.pauseMs !== undefined) await pause(order.pauseMs);
        send({ kind: 'count', name: order.name, value, thread: threadId });
      }
      return;
    case 'fail':
      for (const word of order.after ?? []) send({ kind: 'word', word });
      throw new VarveError('malformed', 'it is bad', {
        object: 'layer 3',
        hint: 'make it good',
        cause: new VarveError('truncated', 'it is short', { cause: new Error('EOF') }),
      });
    case 'throw-later':
      setTimeout(() => {
        throw new Error('nobody catches this');
      });
      return pause(60_000).then(() => {});
    case 'throw-text':
      throw 'only a text';
    case 'spin':
      send({ kind: 'word', word: 'spinning' });
      for (;;);
    case 'wait':
      send({ kind: 'word', word: 'waiting' });
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    case 'make-streams':
      for (;;) {
        for (let i = 0; i < 100; i++) createGunzip().destroy();
        send({ kind: 'word', word: 'made' });
      }
    case 'exit':
      return process.exit(order.status);
    case 'reply-with-function':
      return Reflect.apply(send, undefined, [{ kind: 'word', word: () => 'not to be cloned' }]);
    case 'transfer': {
      const bytes = Buffer.allocUnsafeSlow(order.bytes).fill(7);
      send({ kind: 'bytes', bytes }, [bytes.buffer]);
      send({ kind: 'left', length: bytes.length });
    }
  }
});
