import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNextPage } from '../../../../../src/adapters/registry/manifests/read-pages.ts';

describe('findNextPage', () => {
  it.each<[string, string | null]>([
    ['</v2/a/tags/list?last=b&n=2>; rel="next"', '/v2/a/tags/list?last=b&n=2'],
    ['<?last=b>;rel=next', '?last=b'],
    ['<a,b;c>; title="x, y; rel=\\"z"; REL="prev NEXT"', 'a,b;c'],
    ['<first>; rel="first", <second>; rel="next"', 'second'],
    ['<a>; rel="previous"', null],
    ['<a>', null],
    ['<a>; title="rel=next"', null],
    ['<a>; title="x; rel=next"', null],
    ['<a>; rel="first"; rel="next"', null],
    ['<a', null],
    ['a; rel="next"', null],
    ['', null],
    ['<>; rel="next"', ''],
  ])('reads %s', (value, next) => {
    expect(findNextPage([value])).toBe(next);
  });

  it('looks at every value', () => {
    expect(findNextPage(['<a>; rel="first"', '<b>; rel="next"'])).toBe('b');
    expect(findNextPage([])).toBeNull();
  });

  it('reads whatever comes', () => {
    const piece = fc.constantFrom('<', '>', ';', ',', '=', '"', '\\', 'rel', 'next', ' ', 'a', '\t');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const next = findNextPage([pieces.join('')]);
        expect(next === null || pieces.join('').includes(`<${next}>`)).toBe(true);
      }),
    );
  });

  it.each(['<a>;', '<a>; x="\\', '<a>; x=', ' ', '<a>;x', '<a>,'])(
    'does not take long over many a %s',
    (piece) => {
      expect(findNextPage([piece.repeat(20_000)])).toBeNull();
    },
  );
});
