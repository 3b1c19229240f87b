import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import type { HistoryEntry } from '../../../../src/core/history/history.ts';
import { selectEntries } from '../../../../src/core/pack/select-entries.ts';
import { makeEntry } from '../../../support/item-makers.ts';

/** An entry whose snapshot is named by its scan. */
const entry = (scanId: string, change: Partial<HistoryEntry> = {}): HistoryEntry =>
  makeEntry({ scanId, snapshotDigest: digestOf(scanId), branch: 'main', ...change });
const all = { keep: [], mostEntries: 100, mostLines: 100 };
const ids = (entries: readonly HistoryEntry[]) => entries.map(({ scanId }) => scanId);

describe('what goes into a pack', () => {
  it('is the newest snapshot of each branch, pull request and platform', () => {
    const arm = { os: 'linux', architecture: 'arm64' };
    const entries = [
      entry('pr-2', { branch: 'fix', pullRequest: 7 }),
      entry('main-3'),
      entry('pr-1', { branch: 'fix', pullRequest: 7 }),
      entry('fix', { branch: 'fix' }),
      entry('arm', { platform: arm }),
      entry('main-2'),
      entry('none', { branch: null }),
    ];
    const { history, complete } = selectEntries(entries, all);
    expect(ids(complete)).toEqual(['pr-2', 'main-3', 'fix', 'arm', 'none']);
    expect(history).toEqual(entries);
  });

  it('is what is to be kept too, however old, and then it is told of', () => {
    const entries = ['d', 'c', 'b', 'a'].map((id) => entry(id));
    const { history, complete } = selectEntries(entries, { ...all, keep: [digestOf('b')], mostEntries: 1 });
    expect([ids(complete), ids(history)]).toEqual([
      ['d', 'b'],
      ['d', 'b'],
    ]);
  });

  it('is the newest lines alone where there are too many', () => {
    const entries = ['c', 'b', 'a'].map((id) => entry(id, { branch: id }));
    expect(ids(selectEntries(entries, { ...all, mostLines: 2 }).complete)).toEqual(['c', 'b']);
  });
});
