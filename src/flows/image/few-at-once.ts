import { withPauses } from '../../base/pausable.ts';

/** Small requests: a server answers a few at once in the time of one, and many at once no sooner. */
const AT_ONCE = 4;

/** Does something with each item, a few at once; results come in the order of items. The first fault ends it. */
export async function fewAtOnce<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const groups = Map.groupBy(items.entries(), ([place]) => Math.floor(place / AT_ONCE));
  for await (const group of withPauses(groups.values()))
    results.push(...(await Promise.all(group.map(([, item]) => action(item)))));
  return results;
}
