import { setImmediate } from 'node:timers/promises';

/** A long computation that pauses now and then, so that its caller can do other things. */
export type Pausable<T> = Generator<void, T>;

/** How many entries are worked on between two stops: few enough to be done at once, too many to cost anything. */
export const STRIDE = 1024;

/** The longest that a computation holds up its thread, in seconds. */
const PAUSE_AFTER = 0.05;

/** Runs a computation without a pause. */
export function runAtOnce<T>(steps: Pausable<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs a computation, and lets the thread see to other things in between. @throws the reason of a signal. */
export async function runWithPauses<T>(steps: Pausable<T>, signal?: AbortSignal): Promise<T> {
  let paused = process.uptime();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (process.uptime() - paused < PAUSE_AFTER) continue;
    await setImmediate();
    signal?.throwIfAborted();
    paused = process.uptime();
  }
}

/** Gives items one by one, and lets the thread see to other things now and then. @throws the reason of a signal. */
export async function* withPauses<T>(
  items: Iterable<T> | AsyncIterable<T>,
  signal?: AbortSignal,
): AsyncGenerator<T> {
  let paused = process.uptime();
  for await (const item of items) {
    signal?.throwIfAborted();
    yield item;
    if (process.uptime() - paused < PAUSE_AFTER) continue;
    await setImmediate();
    paused = process.uptime();
  }
}
