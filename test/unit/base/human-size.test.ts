import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCount, formatNumber, formatSize, formatSizeDelta } from '../../../src/base/human-size.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [1234, '1.23 kB'],
  [9994, '9.99 kB'],
  [9996, '10.0 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [245_000_000, '245 MB'],
  [64 * 1024 ** 3, '68.7 GB'],
  [Number.MAX_SAFE_INTEGER, '9.01 PB'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test.each([
  [12_300_000, '+12.3 MB'],
  [-1, '−1 B'],
  [0, '±0 B'],
])('a difference of %d reads %s', (bytes, text) => {
  expect(formatSizeDelta(bytes)).toBe(text);
});

test('a size is never off by more than half of its third digit', () => {
  const factors: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (bytes) => {
      const [value = '', unit = ''] = formatSize(bytes).split(' ');
      expect(value.replace('.', '').length).toBeLessThanOrEqual(3);
      expect(Math.abs(Number(value) * (factors[unit] ?? Number.NaN) - bytes)).toBeLessThanOrEqual(
        bytes * 0.0051,
      );
    }),
  );
});

test('counts agree with their nouns', () => {
  expect(formatCount(1, 'layer')).toBe('1 layer');
  expect(formatCount(0, 'layer')).toBe('0 layers');
  expect(formatCount(3120, 'entry', 'entries')).toBe('3,120 entries');
  expect(formatNumber(1_234_567)).toBe('1,234,567');
});
