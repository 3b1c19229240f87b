import { type BaselineChoice, EntrySearch, type Situation } from '../../src/core/history/choose-baseline.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';

/** The choice among all entries, newest first: what any search that asks for fewer must come to. */
export function chooseBaseline(entries: Iterable<HistoryEntry>, situation: Situation): BaselineChoice {
  const search = new EntrySearch(situation);
  for (const entry of entries) if (search.offer(entry)) break;
  return search.choice;
}
