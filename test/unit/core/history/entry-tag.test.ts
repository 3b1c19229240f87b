import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entryOrder,
  entryTag,
  parseEntryTag,
  tagOfBranch,
  tagOfCommit,
  tagOfName,
  tagOfPlatform,
  tagOfTenant,
} from '../../../../src/core/history/entry-tag.ts';
import type { HistoryEntry } from '../../../../src/core/history/history.ts';
import { makeEntry } from '../../../support/item-makers.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const entries = fc
  .record({
    name: text,
    branch: fc.option(text),
    commit: fc.option(text),
    pullRequest: fc.option(fc.integer({ min: 1, max: 1000 })),
    platform: fc.record({ os: text, architecture: text }),
    time: fc.integer({ min: 0, max: 4e12 }).map((time) => new Date(time).toISOString()),
    scanId: text,
  })
  .map((change): HistoryEntry => makeEntry(change));

describe('the tag of an entry', () => {
  it('is one that every registry takes, and tells what one may ask of the entry', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const tag = entryTag(entry);
        // https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
        expect(tag).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
        const { tenant, name, platform, branch, commit, pullRequest } = entry;
        expect(parseEntryTag(tag)).toEqual({
          text: tag,
          tenant: tagOfTenant(tenant),
          name: tagOfName(tenant, name),
          platform: tagOfPlatform(platform),
          line: pullRequest === null ? tagOfBranch(branch) : expect.stringMatching(/^p[0-9a-f]{8}$/),
          commit: tagOfCommit(commit),
          order: entryOrder(entry),
        });
      }),
    );
  });

  it('is of one entry alone', () => {
    fc.assert(
      fc.property(entries, entries, (a, b) => {
        expect(entryTag(a) === entryTag(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it('orders entries by time', () => {
    const times = [
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.001Z',
      '2026-01-01T00:00:01.000Z',
      '2027-01-01T00:00:00.000Z',
    ];
    const orders = times.map((time) => entryOrder(makeEntry({ time })));
    expect(orders.toSorted()).toEqual(orders);
  });

  it.each(['latest', 'main', 'h-', 'h-x', `sha256-${'a'.repeat(64)}`, `${entryTag(makeEntry())}x`, ''])(
    'is no other tag: %s',
    (tag) => {
      expect(parseEntryTag(tag)).toBeNull();
    },
  );
});
