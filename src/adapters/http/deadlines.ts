import type { Patience } from './network-options.ts';

/** The longest timer. @see https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How long a transfer of so many bytes may take, in milliseconds. The number may be a lie, so the time has a limit. */
export function transferTime(bytes: number, { total, slowest }: Patience): number {
  return Math.min(total + Math.ceil((bytes / slowest) * 1000), LONGEST_TIMER);
}

/**
 * Does something that may take so long, in milliseconds, and that the caller may break off.
 * @throws what `late` gives when the time is over; the reason of the caller's signal; what the work throws.
 */
export async function withinTime<T>(
  milliseconds: number,
  late: () => Error,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(milliseconds);
  try {
    return await work(eitherOf(deadline, caller));
  } catch (fault) {
    caller?.throwIfAborted();
    throw deadline.aborted ? late() : fault;
  }
}

/** A signal that aborts as soon as one of two does. */
export function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal;
export function eitherOf(one?: AbortSignal, other?: AbortSignal): AbortSignal | undefined;
export function eitherOf(one?: AbortSignal, other?: AbortSignal): AbortSignal | undefined {
  return one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);
}

/**
 * Waits for work that ignores the signal, such as looking up a name: it goes on, and its outcome is ignored.
 * @throws the reason of the signal; what the work throws.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
