import { describe, expect, it } from 'vitest';
import { parseBaseline } from '../../../../src/entry/settings/baseline-setting.ts';
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

  it.each(['', '0', '-1', '12 parsecs', '1e9', '9999999TiB', 'NaN'])('refuses %j', (text) => {
    expect(() => parseSize(text)).toThrow(/is not a size/);
  });
});

describe('other settings', () => {
  it('counts', () => {
    expect(parseCount('10_000')).toBe(10_000);
    expect(() => parseCount('1.5')).toThrow(/whole number/);
    expect(() => parseCount('0')).toThrow(/whole number/);
  });

  it('takes booleans as YAML users write them', () => {
    expect([parseBoolean('true'), parseBoolean('False')]).toEqual([true, false]);
    expect(() => parseBoolean('yes')).toThrow(/"true" or "false"/);
  });

  it('takes lines without blanks and comments', () => {
    expect(parseLines('a\r\n\n# no\n  b  \n')).toEqual(['a', 'b']);
  });

  it.each(['UPPER', '../x', 'a/b', '', '.hidden', 'x'.repeat(65)])('refuses the tenant %j', (text) => {
    expect(() => parseTenant(text)).toThrow(/tenant/);
  });

  it('takes baselines', () => {
    expect(parseBaseline('none')).toEqual({ kind: 'none' });
    expect(parseBaseline('dir:a:b')).toEqual({ kind: 'dir', path: 'a:b' });
    expect(parseBaseline('oci:old')).toEqual({ kind: 'image', reference: 'oci:old' });
    expect(() => parseBaseline('dir:')).toThrow(/needs a path/);
    expect(parseBaseline('cache')).toEqual({ kind: 'cache' });
    const repository = { kind: 'oci', host: 'ghcr.io', repository: 'acme/base' };
    expect(parseBaseline('oci://ghcr.io/acme/base:main')).toEqual({ ...repository, tag: 'main' });
    expect(parseBaseline('oci://ghcr.io/acme/base')).toEqual({ ...repository, tag: null });
    expect(() => parseBaseline(`oci://ghcr.io/acme/base@sha256:${'0'.repeat(64)}`)).toThrow(/by repository/);
    expect(() => parseBaseline('s3://bucket')).toThrow(/not supported yet/);
    expect(() => parseBaseline('oci:///repo')).toThrow(/not an image name/);
  });
});
