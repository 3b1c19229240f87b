import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movingTags } from '../../../../src/core/artifact/tags.ts';
import { entryTag } from '../../../../src/core/history/entry-tag.ts';
import { makeEntry } from '../../../support/item-makers.ts';

const of = (branch: string | null, tag = 'latest') => movingTags(makeEntry({ branch }), tag);

describe('tags that move', () => {
  it('are the newest, the day and the branch', () => {
    expect(of('main')).toEqual(['latest', '2026-03-01', 'main']);
    expect(of(null)).toEqual(['latest', '2026-03-01']);
  });

  it('stand behind another tag, where one was named', () => {
    expect(of('main', 'web')).toEqual(['web', 'web-2026-03-01', 'web-main']);
  });

  it('are left alone by pull requests', () => {
    expect(movingTags(makeEntry({ branch: 'fix', pullRequest: 7 }), 'latest')).toEqual([]);
  });

  it('of branches that a tag cannot spell, or that are called as another tag, are told by a hash', () => {
    expect(of('feature/x').at(-1)).toMatch(/^branch-feature-x-[0-9a-f]{8}$/);
    expect(of('feature-x').at(-1)).toBe('feature-x');
    const longest = 'a'.repeat(128);
    expect(of(longest).at(-1)).toBe(longest);
    expect(of(`${longest}a`).at(-1)).toMatch(/^branch-a{112}-[0-9a-f]{8}$/);
    for (const branch of ['latest', '2026-03-01', entryTag(makeEntry()), `sha256-${'a'.repeat(64)}`]) {
      expect(of(branch).at(-1)).toMatch(/^branch-/);
    }
  });

  it('are ones that every registry takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (branch) => {
        for (const tag of of(branch)) expect(tag).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
      }),
    );
  });
});
