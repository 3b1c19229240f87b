import { describe, expect, it } from 'vitest';
import { findReleaseBefore } from '../../../../src/core/history/release.ts';

const ANCESTORS = ['c5', 'c4', 'c3', 'c2', 'c1'];
const find = (tag: string, tags: Record<string, string>) =>
  findReleaseBefore(tag, ANCESTORS, new Map(Object.entries(tags)));

describe('the release before a release', () => {
  it.each<[string, string, Record<string, string>, string | null]>([
    ['the nearest ancestor with a tag', 'v1.2.0', { 'v1.0.0': 'c1', 'v1.1.0': 'c3' }, 'c3'],
    ['by ancestry, not by number', 'v1.1.1', { 'v2.0.0': 'c9', 'v1.1.0': 'c2' }, 'c2'],
    ['not a preview', 'v1.2.0', { 'v1.2.0-rc.1': 'c5', 'v1.2.0rc1': 'c4', 'v1.1.0': 'c2' }, 'c2'],
    ['a build of one', 'v1.2.0', { 'v1.1.0+build.7': 'c2' }, 'c2'],
    ['a preview before a preview', 'v1.2.0-rc.2', { 'v1.2.0-rc.1': 'c5', 'v1.1.0': 'c2' }, 'c5'],
    ['of its own series', 'web-v2', { 'api-v1': 'c5', v1: 'c4', 'web-v1': 'c2' }, 'c2'],
    ['without letters', '2026.11', { nightly: 'c5', '2026.10': 'c3' }, 'c3'],
    ['not of a tag without a number', 'nightly', { 'v1.0.0': 'c2', stable: 'c3' }, null],
    ['not itself', 'v1.2.0', { 'v1.2.0': 'c5' }, null],
    ['nothing where there is none', 'v1.0.0', {}, null],
  ])('is %s', (_, tag, tags, expected) => {
    expect(find(tag, tags)).toBe(expected);
  });
});
