import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Situation } from '../../../../src/core/history/choose-baseline.ts';
import type { HistoryEntry } from '../../../../src/core/history/history.ts';
import type { HistoryQuery, HistoryStore } from '../../../../src/core/history/history-store.ts';
import { findBaselineEntry } from '../../../../src/flows/baseline/find-baseline-entry.ts';
import { anyHistory, anySituation } from '../../../support/any-history.ts';
import { chooseBaseline } from '../../../support/choose-baseline.ts';
import { makeEntry } from '../../../support/item-makers.ts';

const SCOPE = { tenant: 'acme', name: 'app' };

/** A history in memory, newest first, that counts what it was asked for and what it gave. */
class MemoryHistory implements Pick<HistoryStore, 'list'> {
  readonly #entries: readonly HistoryEntry[];
  readonly queries: HistoryQuery[] = [];
  given = 0;

  constructor(entries: readonly HistoryEntry[]) {
    this.#entries = entries;
  }

  async *list(query: HistoryQuery): AsyncGenerator<HistoryEntry> {
    this.queries.push(query);
    for (const entry of this.#entries) {
      if (query.branch !== undefined && entry.branch !== query.branch) continue;
      if (query.commits !== undefined && !query.commits.includes(entry.commit ?? '')) continue;
      this.given++;
      yield entry;
    }
  }
}

const find = (history: MemoryHistory, situation: Situation) => findBaselineEntry(history, SCOPE, situation);

describe('finding a baseline in a store', () => {
  it('gives what choosing from all entries gives, whatever the history and the situation', async () => {
    const property = fc.asyncProperty(anyHistory, anySituation, async (entries, situation) => {
      expect(await find(new MemoryHistory(entries), situation)).toEqual(chooseBaseline(entries, situation));
    });
    await fc.assert(property, { numRuns: 2000 });
  });

  it('asks for few of many entries', async () => {
    const ancestors = Array.from({ length: 500 }, (_, index) => `c${9999 - index}`);
    const entries = Array.from({ length: 10_000 }, (_, index) =>
      makeEntry({ commit: `c${10_000 - index}`, branch: 'main', scanId: `${index}` }),
    );
    const near = new MemoryHistory(entries);
    expect(await find(near, { kind: 'branch', ancestors, branch: 'main' })).toMatchObject({ distance: 1 });
    expect(near.queries.map(({ commits }) => commits?.length)).toEqual([8]);
    expect(near.given).toBeLessThanOrEqual(8);

    const elsewhere = new MemoryHistory(entries.map((entry) => ({ ...entry, commit: null })));
    const found = await find(elsewhere, { kind: 'branch', ancestors, branch: 'main' });
    expect(found).toMatchObject({ found: 'branch-newest', entry: { scanId: '0' } });
    expect(elsewhere.queries.map(({ commits }) => commits?.length)).toEqual([8, 492, undefined]);
    expect(elsewhere.given).toBe(1);
  });
});
