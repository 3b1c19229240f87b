import { createHash, type Hash, hash } from 'node:crypto';

const EMPTY = hash('sha256', '', 'hex');

/** SHA-256 of one file after the other: in one call where the content lies whole in one buffer. */
export class ContentHash {
  #size = 0;
  #whole = EMPTY;
  #stream: Hash | null = null;

  begin(size: number): void {
    this.#size = size;
    this.#whole = EMPTY;
    this.#stream = null;
  }

  push(bytes: Buffer, start: number, end: number): void {
    const part = bytes.subarray(start, end);
    if (part.length === this.#size) this.#whole = hash('sha256', part, 'hex');
    else this.#streaming().update(part);
  }

  /** The hexadecimal digest of what was pushed since `begin`. */
  end(): string {
    return this.#stream === null ? this.#whole : this.#stream.digest('hex');
  }

  #streaming(): Hash {
    this.#stream ??= createHash('sha256');
    return this.#stream;
  }
}
