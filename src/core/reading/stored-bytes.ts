import { createHash } from 'node:crypto';
import type { ByteSource } from '../../base/byte-source.ts';
import { type Digest, digestFromHex } from '../../base/digest.ts';

/** Hashes and counts a source's bytes while somebody else reads them, and reads on when that somebody gives up. */
export class StoredBytes {
  /** The bytes, as they come. Giving up on them leaves the source open. */
  readonly chunks: ByteSource;
  readonly #iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array>;
  readonly #onChunk: (chunk: Uint8Array) => void;
  readonly #hash = createHash('sha256');
  #size = 0;
  #failed = false;

  /** @param onChunk sees each chunk first; what it throws ends the reading. */
  constructor(source: ByteSource, onChunk: (chunk: Uint8Array) => void) {
    this.#onChunk = onChunk;
    if (Symbol.iterator in source) {
      const iterator = source[Symbol.iterator]();
      this.#iterator = iterator;
      this.chunks = { [Symbol.iterator]: () => ({ next: () => this.#take(iterator) }) };
    } else {
      const iterator = source[Symbol.asyncIterator]();
      this.#iterator = iterator;
      this.chunks = { [Symbol.asyncIterator]: () => ({ next: () => this.#takeLater(iterator) }) };
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Whether the source itself failed, so that its other bytes will never be known. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Reads what is left. @returns the digest of everything. */
  async end(): Promise<Digest> {
    for await (const _ of this.chunks);
    return digestFromHex(this.#hash.digest('hex'));
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  #take(iterator: Iterator<Uint8Array>): IteratorResult<Uint8Array> {
    try {
      return this.#see(iterator.next());
    } catch (fault) {
      this.#failed = true;
      throw fault;
    }
  }

  async #takeLater(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    try {
      return this.#see(await iterator.next());
    } catch (fault) {
      this.#failed = true;
      throw fault;
    }
  }

  #see(result: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> {
    if (result.done !== true) {
      this.#size += result.value.length;
      this.#onChunk(result.value);
      this.#hash.update(result.value);
    }
    return result;
  }
}
