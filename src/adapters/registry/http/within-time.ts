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
