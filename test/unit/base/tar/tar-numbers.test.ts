import { describe, expect, test } from 'vitest';
import { readDecimal, readNumber, readTime } from '../../../../src/base/tar/tar-numbers.ts';
import { base256 } from '../../../support/tar-writer.ts';

const read = (field: string | Buffer) => {
  const bytes = Buffer.from(field);
  return readNumber(bytes, 0, bytes.length, 'the field');
};

describe('a number of a header block', () => {
  test.each([
    ['0000644\0', 0o644],
    ['   644 \0', 0o644],
    ['644     ', 0o644],
    ['777777777777', 0o777777777777],
    ['\0\0\0\0\0\0\0\0', 0],
    ['        ', 0],
    ['\x000012\0', 0o12],
    ['12\0garbage', 0o12],
  ])('in octal: %j is %d', (field, value) => {
    expect(read(field)).toBe(value);
  });

  test.each(['8', '12x', '-1', '1 2', '0x10'])('is refused: %j', (field) => {
    expect(() => read(field)).toThrow('the field is not an octal number');
  });

  test.each([0, 1, -1, 255, -256, 8 ** 11, 2 ** 53 - 1, -(2 ** 53 - 1), -86_400])(
    'in base-256: %d',
    (value) => {
      expect(read(base256(value))).toBe(value);
      if (Math.abs(value) < 2 ** 50) expect(read(base256(value, 8))).toBe(value);
    },
  );

  test.each([2n ** 53n, 2n ** 62n, -(2n ** 53n), 2n ** 94n])('in base-256 out of range: %d', (value) => {
    expect(() => read(base256(value))).toThrow('the field is out of range');
  });
});

describe('a number of an extended header', () => {
  test('is decimal', () => {
    expect(readDecimal('00120', 'size')).toBe(120);
    expect(readDecimal('-5', 'uid')).toBe(-5);
  });

  test.each(['', ' 1', '1 ', '+1', '1e3', '0x1', '1.5', '9007199254740992', '--1'])(
    'is refused: %j',
    (text) => {
      expect(() => readDecimal(text, 'size')).toThrow('size is not a whole number in range');
    },
  );
});

describe('a time of an extended header', () => {
  test.each([
    ['0', 0, 0],
    ['1700000000', 1_700_000_000, 0],
    ['1.5', 1, 500_000_000],
    ['1.', 1, 0],
    ['1.123456789999', 1, 123_456_789],
    ['1.000000001', 1, 1],
    ['-1', -1, 0],
    ['-1.5', -2, 500_000_000],
    ['-0.25', -1, 750_000_000],
    ['-0', 0, 0],
  ])('%j is %d s and %d ns', (text, seconds, nanoseconds) => {
    expect(readTime(text)).toEqual({ seconds, nanoseconds });
  });

  test.each(['', '.', '.5', '1.2.3', '1,5', 'now', '99999999999999999999', '- 1'])(
    'is refused: %j',
    (text) => {
      expect(() => readTime(text)).toThrow('mtime is not a time in range');
    },
  );
});
