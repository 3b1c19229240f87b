import type { ByteSource } from './byte-source.ts';
import { VarveError } from './errors.ts';

const EMPTY = new Uint8Array(0);

/**
 * Reads ranges of a source that cannot seek, in one pass: each range lies behind the one before it.
 * Dispose of it when the last is read: what follows is then never asked for.
 */
export class ForwardReader implements AsyncDisposable {
  readonly #object: string;
  readonly #chunks: AsyncGenerator<Uint8Array, undefined>;
  /** What is left of the current chunk, and where in the source that begins. */
  #rest: Uint8Array = EMPTY;
  #position = 0;

  /** @param object is what is read, for errors. */
  constructor(source: ByteSource, object: string) {
    this.#object = object;
    this.#chunks = inTurn(source);
  }

  /** Where in the source the next byte stands. */
  get position(): number {
    return this.#position;
  }

  /**
   * The bytes from `offset` on, exactly `length` of them; read it before the next is asked for.
   * Reading throws VarveError `truncated` when the source ends before, `internal` when the range lies behind.
   */
  async *range(offset: number, length: number): AsyncGenerator<Uint8Array, void> {
    if (offset < this.#position) {
      const places = `byte ${offset} was asked for at byte ${this.#position}`;
      throw new VarveError('internal', `${this.#object} is read forwards only: ${places}`, {
        object: this.#object,
      });
    }
    const end = offset + length;
    while (this.#position < offset) await this.#take(offset - this.#position, end);
    while (this.#position < end) yield await this.#take(end - this.#position, end);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return(undefined);
  }

  /** Takes at least one byte and at most `most`. */
  async #take(most: number, end: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) throw this.#endsEarly(end);
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    this.#position += taken.length;
    return taken;
  }

  #endsEarly(expected: number): VarveError {
    const places = `ends at byte ${this.#position}, and should go on to byte ${expected}`;
    return new VarveError('truncated', `${this.#object}: what it holds ${places}`, { object: this.#object });
  }
}

async function* inTurn(source: ByteSource): AsyncGenerator<Uint8Array, undefined> {
  yield* source;
}
