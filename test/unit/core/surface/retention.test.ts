import { describe, expect, it } from 'vitest';
import { expiryAfter, laterExpiry } from '../../../../src/core/surface/retention.ts';

const NOW = '2026-03-01T12:00:00.000Z';

describe('expiry', () => {
  it.each([
    [30, '2026-03-31T12:00:00.000Z'],
    [7, '2026-03-08T12:00:00.000Z'],
    [0, NOW],
    [null, null],
  ])('after %s days is %s', (keepDays, expected) => {
    expect(expiryAfter(keepDays, NOW)).toBe(expected);
  });

  it.each([
    ['2026-03-01T00:00:00Z', '2026-03-03T00:00:00Z', '2026-03-03T00:00:00Z'],
    ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00.001Z', '2026-03-02T00:00:00.001Z'],
    ['2026-03-09T00:00:00Z', '2026-03-01T00:00:00Z', '2026-03-09T00:00:00Z'],
    [null, '2026-03-01T00:00:00Z', null],
    ['2026-03-01T00:00:00Z', null, null],
  ])('grows from %s towards %s to %s', (present, wanted, expected) => {
    expect(laterExpiry(present, wanted)).toBe(expected);
  });
});
