import { createHash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import type { ByteText } from '../../base/byte-text.ts';
import { type Digest, digestFromHex } from '../../base/digest.ts';

const CHUNK = 256 * 1024;

export interface Payload {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly compressed: Uint8Array;
}

/** Hashes and compresses a payload as it is written, so that it is never whole in memory. */
export class PayloadWriter {
  readonly #hash = createHash('sha256');
  readonly #chunks: Buffer[] = [];
  #chunk = Buffer.allocUnsafeSlow(CHUNK);
  #filled = 0;
  #size = 0;

  /** Takes the next bytes. */
  write(text: ByteText): void {
    if (this.#filled + text.length > CHUNK) this.#flush();
    if (text.length > CHUNK) this.#take(Buffer.from(text, 'latin1'));
    else this.#filled += this.#chunk.write(text, this.#filled, 'latin1');
  }

  end(): Payload {
    this.#flush();
    const compressed = zstdCompressSync(Buffer.concat(this.#chunks), {
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
    });
    return { digest: digestFromHex(this.#hash.digest('hex')), sizeBytes: this.#size, compressed };
  }

  #flush(): void {
    if (this.#filled > 0) this.#take(this.#chunk.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #take(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#size += bytes.length;
    this.#chunks.push(Buffer.from(bytes));
  }
}
