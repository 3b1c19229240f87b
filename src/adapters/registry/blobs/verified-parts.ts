import { createHash, type Hash } from 'node:crypto';
import { type Digest, digestFromHex } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import type { RangeSource } from '../../../base/range-source.ts';

/**
 * Gives the parts of a source that is to have a digest. The last bytes are given only when all of them, those that
 * were given before included, have it: what changed or was damaged is never sent whole.
 */
export class VerifiedParts {
  readonly #digest: Digest;
  readonly #source: RangeSource;
  #hash: Hash = createHash('sha256');
  /** How many bytes the hash has seen. */
  #hashed = 0;

  constructor(digest: Digest, source: RangeSource) {
    this.#digest = digest;
    this.#source = source;
  }

  /**
   * The bytes from one position to before another. Parts may come again, though in order they cost least.
   * @throws VarveError `digest-mismatch`; what reading the source throws.
   */
  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    const hash = await this.#hashOf(start);
    let held: Uint8Array | null = null;
    for await (const chunk of this.#source.read(start, end)) {
      hash.update(chunk);
      if (held !== null) yield held;
      // The consumer may be slow, and the source may reuse the memory.
      held = Buffer.from(chunk);
    }
    this.#hash = hash;
    this.#hashed = end;
    if (end === this.#source.size) this.#verify(hash.copy());
    if (held !== null) yield held;
  }

  /** A hash of all that is before a position. */
  async #hashOf(position: number): Promise<Hash> {
    if (position === this.#hashed) return this.#hash.copy();
    const hash = createHash('sha256');
    if (position > 0) for await (const chunk of this.#source.read(0, position)) hash.update(chunk);
    return hash;
  }

  #verify(hash: Hash): void {
    const actual = digestFromHex(hash.digest('hex'));
    if (actual === this.#digest) return;
    const object = `what is to be pushed as ${this.#digest}`;
    throw new VarveError('digest-mismatch', `${object} has the digest ${actual}`, {
      object,
      hint: 'it was damaged, or changed since its digest was taken: make it again',
    });
  }
}
