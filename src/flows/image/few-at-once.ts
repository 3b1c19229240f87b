/** Small requests: a server answers a few at once in the time of one, and many at once no sooner. */
const AT_ONCE = 4;

/** Does something with each item, a few at once; results come in the order of items. The first fault ends it. */
export async function fewAtOnce<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE)
    results.push(...(await Promise.all(items.slice(first, first + AT_ONCE).map(action))));
  return results;
}
