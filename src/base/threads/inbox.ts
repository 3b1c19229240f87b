/** Hands items from those who push them to the one who awaits them, in their order; then the end, or the fault. */
export class Inbox<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #outcome: { readonly fault: unknown } | 'ended' | null = null;
  #wake: () => void = () => {};

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  end(): void {
    this.#outcome ??= 'ended';
    this.#wake();
  }

  /** The first fault counts. Items that were pushed before it still come first. */
  fail(fault: unknown): void {
    this.#outcome ??= { fault };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      while (this.#items.length > 0) yield this.#items.shift() as T;
      if (this.#outcome === 'ended') return;
      if (this.#outcome !== null) throw this.#outcome.fault;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
