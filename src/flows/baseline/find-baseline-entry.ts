import {
  type BaselineChoice,
  EntrySearch,
  type OwnRun,
  type Situation,
} from '../../core/history/choose-baseline.ts';
import type { HistoryQuery, HistoryStore } from '../../core/history/history-store.ts';

/** The entries among which a baseline is looked for: those of a name and platform. */
export type BaselineScope = Pick<HistoryQuery, 'tenant' | 'name' | 'platform' | 'onDamage'>;

/** Chooses what to compare with as among all entries, but asks the store for few of them. */
export async function findBaselineEntry(
  history: Pick<HistoryStore, 'list'>,
  scope: BaselineScope,
  situation: Situation,
  own: OwnRun | null = null,
): Promise<BaselineChoice> {
  const search = new EntrySearch(situation, own);
  for (const query of search.queries()) {
    for await (const entry of history.list({ ...scope, ...query })) {
      if (search.offer(entry) || (query.commits === undefined && search.isSettled)) break;
    }
  }
  return search.choice;
}
