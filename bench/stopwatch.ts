/** Milliseconds that an action takes. */
export async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** The least and the median of some times. */
export function tellTimes(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const [least = 0, median = 0] = [sorted[0], sorted[sorted.length >> 1]];
  return `${least.toFixed(0)} ms at least, ${median.toFixed(0)} ms in the middle`;
}
