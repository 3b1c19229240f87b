/** Tells another thread, in the midst of its work, to give up what it does: it need not read messages to see it. */
export class StopFlag {
  /** Shared by both threads. */
  readonly memory: SharedArrayBuffer;
  readonly #word: Int32Array;

  constructor(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#word = new Int32Array(memory);
  }

  get raised(): boolean {
    return Atomics.load(this.#word, 0) !== 0;
  }

  raise(): void {
    Atomics.store(this.#word, 0, 1);
  }

  lower(): void {
    Atomics.store(this.#word, 0, 0);
  }
}
