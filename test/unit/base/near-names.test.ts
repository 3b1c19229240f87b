import { describe, expect, it } from 'vitest';
import { didYouMean, nearNames } from '../../../src/base/near-names.ts';

describe('names that may have been meant', () => {
  it.each([
    ['comapre', ['compare', 'completion', 'inspect'], ['compare']],
    ['nmae', ['image', 'name', 'save'], ['name']],
    ['v3', ['v1', 'v2', 'stable'], ['v1', 'v2']],
    ['saved.tar', ['save.tar', 'saved.tar.gz'], ['save.tar']],
    ['nosuch', ['image', 'several'], []],
    ['x', ['y'.repeat(100_000)], []],
    ['a', [], []],
  ])('of %s among %j are %j', (written, names, near) => {
    expect(nearNames(written, names)).toEqual(near);
  });

  it('are three at most, each once', () => {
    expect(nearNames('v0', ['v4', 'v1', 'v1', 'v2', 'v3'])).toEqual(['v1', 'v2', 'v3']);
  });

  it('are asked for', () => {
    expect(didYouMean('v0', ['v1'])).toBe('did you mean v1?');
    expect(didYouMean('v0', ['v1', 'v2', 'v3'])).toBe('did you mean v1, v2 or v3?');
    expect(didYouMean('nosuch', ['v1'])).toBeNull();
  });
});
