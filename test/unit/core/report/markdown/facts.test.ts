import { describe, expect, test } from 'vitest';
import { sizeLine } from '../../../../../src/core/report/markdown/facts.ts';

const line = (uncompressed: number, uncompressedDelta: number | null) =>
  sizeLine({ uncompressed, uncompressedDelta, compressed: null, compressedDelta: null, pull: null });

describe('the line of sizes', () => {
  test('tells what was added, and its share where that says something', () => {
    expect(line(1_010_000, 10_000)).toBe('**1.01 MB** uncompressed (+10.0 kB, +1.0 %)');
    expect(line(500_000, -500_000)).toBe('**500 kB** uncompressed (−500 kB, −50 %)');
    expect(line(1_000_512, 512)).toBe('**1.00 MB** uncompressed (+512 B)');
    expect(line(1000, 1000)).toBe('**1.00 kB** uncompressed (+1.00 kB)');
    expect(line(1000, 0)).toBe('**1.00 kB** uncompressed');
    expect(line(1000, null)).toBe('**1.00 kB** uncompressed');
  });

  test('has all that is known', () => {
    const facts = { uncompressed: 10, uncompressedDelta: 0, compressed: 5, compressedDelta: -5, pull: 3 };
    expect(sizeLine(facts)).toBe(
      '**10 B** uncompressed · **5 B** compressed (−5 B, −50 %) · **3 B** to pull on top of the baseline',
    );
  });
});
