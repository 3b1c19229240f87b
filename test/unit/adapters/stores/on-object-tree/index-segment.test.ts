import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeSegment,
  type IndexedEntry,
  IndexSegment,
  segmentSize,
} from '../../../../../src/adapters/stores/on-object-tree/index-segment.ts';
import { digestOf, hexOf } from '../../../../../src/base/digest.ts';

const term = fc.constantFrom('0'.repeat(16), '0123456789abcdef', 'f'.repeat(16), 'fffffffffffffff0');
const name = fc.nat({ max: 99 }).map((number) => `20260301T120000000Z-${hexOf(digestOf(`${number}`))}.json`);
const entries = fc.array(fc.record({ name, terms: fc.uniqueArray(term) }), { minLength: 1, maxLength: 30 });

const read = ({ fileName, bytes }: { fileName: string; bytes: Buffer }) =>
  IndexSegment.parse(bytes, fileName);

/** What is known of each entry, of whatever was given of it. */
function merged(given: readonly IndexedEntry[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const { name, terms } of given) all.set(name, new Set([...(all.get(name) ?? []), ...terms]));
  return all;
}

describe('a segment of an index', () => {
  it('gives back what was written, by entry and by term', () => {
    fc.assert(
      fc.property(entries, fc.uniqueArray(term), (given, asked) => {
        const segment = read(encodeSegment(given));
        const expected = merged(given);
        expect(new Map(segment.entries().map(({ name, terms }) => [name, new Set(terms)]))).toEqual(expected);
        expect(segment.names).toEqual([...expected.keys()].sort());
        for (const each of asked) {
          const having = [...expected].filter(([, terms]) => terms.has(each)).map(([having]) => having);
          expect([...segment.find(each)]).toEqual(having.sort());
        }
      }),
    );
  });

  it('is the same for the same entries in any order', () => {
    fc.assert(
      fc.property(entries, (given) => {
        expect(encodeSegment(given.toReversed())).toEqual(encodeSegment(given));
      }),
    );
  });

  it('tells its size by its name', () => {
    expect(segmentSize(encodeSegment([{ name: 'a', terms: [] }]).fileName)).toBe(1);
    expect(segmentSize('note.txt')).toBeNull();
  });

  it('is refused when any byte differs', () => {
    const { fileName, bytes } = encodeSegment([{ name: 'a', terms: ['0'.repeat(16)] }]);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => IndexSegment.parse(changed, fileName)).toThrow(/does not hash/);
    }
    expect(() => IndexSegment.parse(bytes, 'note.txt')).toThrow(/does not hash/);
  });

  it.each([
    '',
    'x',
    'varve.entry-index@1',
    'varve.entry-index@1 1 0\n',
    'varve.entry-index@1 0 0\n',
    'varve.entry-index@1 2 0\na\n',
    'varve.entry-index@1 1 9\na\n',
    'varve.entry-index@1 1 -9\na\n',
    'varve.entry-index@1 1 x\na\n',
    'varve.entry-index@1 1 1e99\na\n',
    'varve.entry-index@2 1 0\na\n',
    `varve.entry-index@1 1 1\n${'0'.repeat(16)} 00000000\n`,
  ])('is refused when it is %j, whatever its name', (text) => {
    const bytes = Buffer.from(text);
    expect(() => IndexSegment.parse(bytes, `1-${hexOf(digestOf(bytes))}.txt`)).toThrow(
      /not part of an index/,
    );
  });

  it('of strange postings finds no more than entries that it has', () => {
    const text = `varve.entry-index@1 1 2\na\n${'0'.repeat(16)} 00000007\n${'0'.repeat(16)} 0000000x\n`;
    const segment = IndexSegment.parse(Buffer.from(text), `1-${hexOf(digestOf(text))}.txt`);
    expect([...segment.find('0'.repeat(16))].filter((found) => found !== '')).toEqual([]);
    expect(segment.entries()).toEqual([{ name: 'a', terms: [] }]);
  });
});
