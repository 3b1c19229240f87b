import { interruption } from '../base/errors.ts';
import { EXIT_STATUS } from './exit-status.ts';

/** How long what is open may take to close, in milliseconds. */
const GRACE = 700;

/** Ends a process early: what it does is aborted, and what it has open is closed, so that nothing is left behind. */
export class EarlyExit {
  readonly #controller = new AbortController();
  readonly #resources: AsyncDisposableStack;
  #begun = false;

  /** @param resources are disposed of before the end. */
  constructor(resources: AsyncDisposableStack) {
    this.#resources = resources;
  }

  /** Ends whatever is given it. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the end has begun: what is closed under a command's hands fails, and that is not news. */
  get begun(): boolean {
    return this.#begun;
  }

  async leave(status: number): Promise<never> {
    this.#begun = true;
    this.#controller.abort(interruption());
    // A server that does not answer is not waited for.
    setTimeout(() => process.exit(status), GRACE).unref();
    // Node aborts when it exits while a thread is at work on zlib.
    await this.#resources.disposeAsync().catch(() => {});
    process.exit(status);
  }

  /** Leaves when the process is asked to end, as long as something may be open. */
  watchSignals(): void {
    const leave = () => this.leave(EXIT_STATUS.interrupted);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
      process.once(signal, leave);
      this.#resources.defer(() => void process.off(signal, leave));
    }
  }

  /** Hears a signal that came while the thread was busy to the end: it still counts. */
  async hearSignals(): Promise<void> {
    // One turn of the loop handles the current events; the next looks for new ones.
    for (const _ of ['these', 'new']) await new Promise(setImmediate);
  }
}
