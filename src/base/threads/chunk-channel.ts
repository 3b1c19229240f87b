import type { MessagePort } from 'node:worker_threads';
import { Inbox } from './inbox.ts';

/** Size of the buffers that go to and fro, in bytes, and how many there are for each direction. */
const BUFFER_BYTES = 256 * 1024;
const BUFFERS = 6;

type Message =
  | { readonly kind: 'chunk'; readonly chunk: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'used'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'end' };

/**
 * Chunks of bytes to and from another thread, which has the same over the port's other end. A few buffers are moved
 * to and fro, so that a sender far ahead waits, and nothing is allocated on the way.
 */
export class ChunkChannel implements AsyncIterable<Uint8Array> {
  readonly #port: MessagePort;
  readonly #received = new Inbox<Uint8Array<ArrayBuffer>>();
  readonly #free: ArrayBuffer[] = [];
  #made = 0;
  #closed = false;
  #wake: () => void = () => {};

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: Message) => {
      if (message.kind === 'chunk') this.#received.push(message.chunk);
      else if (message.kind === 'end') this.#received.end();
      else {
        this.#free.push(message.buffer);
        this.#wake();
      }
    });
    port.on('close', () => this.close());
  }

  /** Sends a copy of a chunk. Settles when the chunk may be used again: with false when nobody takes any more. */
  async send(chunk: Uint8Array): Promise<boolean> {
    for (let at = 0; at < chunk.length; at += BUFFER_BYTES) {
      const buffer = await this.#freeBuffer();
      if (buffer === null) return false;
      const part = chunk.subarray(at, at + BUFFER_BYTES);
      const copy = new Uint8Array(buffer, 0, part.length);
      copy.set(part);
      this.#post({ kind: 'chunk', chunk: copy }, buffer);
    }
    return true;
  }

  /** Tells the other side that no more is to come. */
  end(): void {
    this.#post({ kind: 'end' });
  }

  /** Ends the reading with a fault, after what has already come. */
  fail(fault: unknown): void {
    this.#received.fail(fault);
  }

  /** What the other side sends. A chunk is valid until the next is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of this.#received) {
      yield chunk;
      this.#post({ kind: 'used', buffer: chunk.buffer }, chunk.buffer);
    }
  }

  /** Ends both directions, on both sides. */
  close(): void {
    this.#closed = true;
    this.#port.close();
    this.#wake();
  }

  async #freeBuffer(): Promise<ArrayBuffer | null> {
    if (this.#made < BUFFERS) {
      this.#made++;
      return new ArrayBuffer(BUFFER_BYTES);
    }
    while (this.#free.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#closed ? null : (this.#free.pop() ?? null);
  }

  #post(message: Message, ...transfer: readonly ArrayBuffer[]): void {
    if (!this.#closed) this.#port.postMessage(message, transfer);
  }
}
