import type { Patience } from '../registry-access.ts';

/** Timers know no more milliseconds. @see https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How long so many bytes, be it that somebody lies about them, may take to come or go, in milliseconds. */
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
    return await work(caller === undefined ? deadline : AbortSignal.any([caller, deadline]));
  } catch (fault) {
    caller?.throwIfAborted();
    throw deadline.aborted ? late() : fault;
  }
}
