import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes, canonicalBytesPausable, canonicalJson } from '../../../src/base/canonical-json.ts';
import { runAtOnce } from '../../../src/base/pausable.ts';

describe('canonical JSON', () => {
  it('sorts keys by code units and writes numbers as RFC 8785 has them', () => {
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '1': 3,
      '\ud83d\ude00': 4,
      '\ufb33': 5,
      ö: [1e21, 4.5, 0.002, 1e-27],
    };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":3,"ö":[1e+21,4.5,0.002,1e-27],"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}',
    );
  });

  it('is stored as UTF-8', () => {
    expect(canonicalBytes('é\u0001').toString('hex')).toBe('22c3a95c753030303122');
  });

  it('spells what UTF-8 cannot as U+FFFD, in texts and keys', () => {
    const hostile: unknown = JSON.parse('{"\\udc00":["a\\ud800",{"__proto__":"\\ud800"}],"n":1}');
    expect(canonicalJson(hostile)).toBe('{"n":1,"\ufffd":["a\ufffd",{"__proto__":"\ufffd"}]}');
  });

  it('is the same piece by piece', () => {
    const value = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' });
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 3 }), (value, stride) => {
        expect(runAtOnce(canonicalBytesPausable(value, stride))).toEqual(canonicalBytes(value));
      }),
    );
    for (const odd of [
      { absent: undefined, list: [undefined, new Date(0), { at: new Date(0) }] },
      { list: ['a\ud800', { '\udc00': [1] }], '\ud800': {}, n: 1 },
    ]) {
      expect(runAtOnce(canonicalBytesPausable(odd, 1))).toEqual(canonicalBytes(odd));
    }
  });

  const circle: unknown[] = [];
  circle.push(circle);

  it.each([[undefined], [() => 1], [Number.NaN], [{ a: Number.POSITIVE_INFINITY }], [circle]])(
    'is none for what JSON cannot say',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'internal' }));
    },
  );

  it('is there for what is nested deeply', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(canonicalJson(deep)).toHaveLength(100_000);
  });
});
