import { createHash } from 'node:crypto';
import type { ByteText } from '../../base/byte-text.ts';
import { createZstdCompressor } from '../../base/compression/zstd-compressor.ts';
import { type Digest, digestFromHex } from '../../base/digest.ts';

const CHUNK_BYTES = 256 * 1024;

export interface Payload {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly compressed: Uint8Array;
}

/** Hashes and compresses a payload as it is written: uncompressed it is never whole in memory. */
export class PayloadWriter {
  readonly #hash = createHash('sha256');
  readonly #compressor = createZstdCompressor();
  readonly #compressed: Uint8Array[] = [];
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #filled = 0;
  #sizeBytes = 0;

  /** Takes the next bytes. */
  write(bytes: ByteText): void {
    if (this.#filled + bytes.length > CHUNK_BYTES) this.#flush();
    if (bytes.length > CHUNK_BYTES) this.#take(Buffer.from(bytes, 'latin1'));
    else this.#filled += this.#chunk.write(bytes, this.#filled, 'latin1');
  }

  /** The whole payload; the writer is of no further use. */
  end(): Payload {
    this.#flush();
    this.#keep(this.#compressor.end());
    return {
      digest: digestFromHex(this.#hash.digest('hex')),
      sizeBytes: this.#sizeBytes,
      compressed: joined(this.#compressed),
    };
  }

  /** Frees memory outside of the heap, for a payload that is given up. */
  close(): void {
    this.#compressor.close();
  }

  #flush(): void {
    this.#take(this.#chunk.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #take(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
    this.#keep(this.#compressor.push(bytes));
  }

  #keep(chunks: Iterable<Uint8Array>): void {
    for (const chunk of chunks) this.#compressed.push(new Uint8Array(chunk));
  }
}

/** One array of just this memory: it is kept, and travels between threads. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
