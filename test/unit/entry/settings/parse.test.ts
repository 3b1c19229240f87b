import { describe, expect, it } from 'vitest';
import { parseBaseline } from '../../../../src/entry/settings/baseline.ts';
import {
  parseBoolean,
  parseCount,
  parseLines,
  parseSize,
  parseTenant,
} from '../../../../src/entry/settings/parse.ts';

describe('parseSize', () => {
  it.each([
    ['1048576', 1_048_576],
    ['64GiB', 64 * 1024 ** 3],
    ['1.5 GB', 1_500_000_000],
    ['10kb', 10_000],
  ])('%s is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', '0', '-1', '12 parsecs', '1e9', '9999999TiB', 'NaN', '1.5', '0x10', '1.', '.5GB', '1_000'])(
    'refuses %j',
    (text) => {
      expect(() => parseSize(text)).toThrow(/is not a size/);
    },
  );
});

describe('other settings', () => {
  it('counts', () => {
    expect(parseCount('10_000')).toBe(10_000);
  });

  it.each(['1.5', '0', '0x10', '1e3', '', '-1', '+1', '_1', '1_', '1__0', '0b1', '9'.repeat(20)])(
    'does not count by %j',
    (text) => expect(() => parseCount(text)).toThrow(/whole number/),
  );

  it('takes booleans as YAML users write them', () => {
    expect([parseBoolean('true'), parseBoolean('False')]).toEqual([true, false]);
    expect(() => parseBoolean('yes')).toThrow(/"yes" is neither true nor false/);
  });

  it('takes lines without blanks and comments', () => {
    expect(parseLines('a\r\n\n# no\n  b  \n')).toEqual(['a', 'b']);
  });

  it.each(['UPPER', '../x', 'a/b', '', '.hidden', 'x'.repeat(65)])('refuses the tenant %j', (text) => {
    expect(() => parseTenant(text)).toThrow(/tenant/);
  });

  it('takes baselines', () => {
    expect(parseBaseline('none')).toEqual([]);
    expect(parseBaseline(' \n')).toEqual([]);
    expect(parseBaseline('cache\n# else\noci:old\n')).toEqual([
      { kind: 'cache' },
      { kind: 'image', reference: 'oci:old' },
    ]);
    expect(() => parseBaseline('cache\nnone')).toThrow(/cannot be combined/);
    expect(parseBaseline('dir:a:b')).toMatchObject([{ kind: 'store', place: { shown: 'dir:a:b' } }]);
    expect(parseBaseline('oci:old')).toEqual([{ kind: 'image', reference: 'oci:old' }]);
    expect(() => parseBaseline('dir:')).toThrow(/needs a path/);
    expect(parseBaseline('cache')).toEqual([{ kind: 'cache' }]);
    const repository = { shown: 'oci://ghcr.io/acme/base', workable: false };
    expect(parseBaseline('oci://ghcr.io/acme/base:main')).toMatchObject([
      { kind: 'store', place: repository },
    ]);
    expect(parseBaseline('oci://ghcr.io/acme/base')).toMatchObject([{ kind: 'store', place: repository }]);
    const [database] = parseBaseline('postgres://ci:secret@db.example/varve');
    expect(database).toMatchObject({ kind: 'store', place: { shown: null, workable: true } });
    expect(() => parseBaseline(`oci://ghcr.io/acme/base@sha256:${'0'.repeat(64)}`)).toThrow(/by repository/);
    expect(() => parseBaseline('s3://bucket')).toThrow(/in s3 is not supported/);
    expect(() => parseBaseline('oci:///repo')).toThrow(/is not an image name/);
  });
});
