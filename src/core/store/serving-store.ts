import type { HistoryEntry } from '../history/history.ts';
import type { Store } from './store.ts';

/**
 * The same store to read from, with only the entries in its history that may be a baseline: `history:NAME` must not lead
 * a pull request to what an earlier push of its author left there.
 */
export function withServingEntries(store: Store, serves: (entry: HistoryEntry) => boolean): Store {
  const { history } = store;
  return {
    ...store,
    history: {
      append: (entry, origin) => history.append(entry, origin),
      list: (query) => servingOf(history.list(query), serves),
      names: (tenant) => history.names(tenant),
      verify: (examine) => history.verify(examine),
    },
  };
}

async function* servingOf(
  entries: AsyncIterable<HistoryEntry>,
  serves: (entry: HistoryEntry) => boolean,
): AsyncGenerator<HistoryEntry> {
  for await (const entry of entries) if (serves(entry)) yield entry;
}
