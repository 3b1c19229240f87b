import { toVarveError } from '../../base/errors.ts';

/** Steps that are all taken, whatever becomes of each. */
export class Steps {
  readonly #faults: unknown[] = [];

  async take(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (fault) {
      this.#faults.push(fault);
    }
  }

  /** @throws the first fault; one that is fatal before any other. */
  end(): void {
    if (this.#faults.length === 0) return;
    throw this.#faults.find((fault) => toVarveError(fault).isFatal) ?? this.#faults[0];
  }
}
