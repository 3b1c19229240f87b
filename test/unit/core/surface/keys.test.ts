import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { contentTypeOf, formatOfContentType, parseKey } from '../../../../src/core/surface/keys.ts';
import { isKind, isTenant, parseKind, parseTenant } from '../../../../src/core/words/names.ts';

const digest = digestOf('x');

describe('tenants', () => {
  it.each(['default', 'a', '0', 'acme.eu_west-1', 'a'.repeat(64), 'a..b'])('takes %j', (text) => {
    expect(parseTenant(text)).toBe(text);
  });

  it.each([
    '',
    '.',
    '..',
    '.a',
    '-a',
    '_a',
    'A',
    'a/b',
    'a\\b',
    'a b',
    'a\n',
    'a\0',
    'ä',
    'a'.repeat(65),
    '../x',
  ])('refuses %j', (text) => {
    expect(isTenant(text)).toBe(false);
    expect(() => parseTenant(text)).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('kinds', () => {
  it.each([
    'layer.files',
    'layer.fragments',
    'entrytrace.graph',
    'layer-entry-trace',
    'x',
    'runtime.events2',
  ])('takes %j', (text) => {
    expect(parseKind(text)).toBe(text);
  });

  it.each([
    '',
    '.',
    '..',
    'layer.',
    '.files',
    'layer..files',
    'layer/files',
    'Layer',
    'a_b',
    'a\n',
    'a'.repeat(65),
  ])('refuses %j', (text) => {
    expect(isKind(text)).toBe(false);
    expect(() => parseKind(text)).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('keys', () => {
  it('are taken whole or not at all', () => {
    const key = { tenant: 'acme', kind: 'layer.files', digest };
    expect(parseKey(key)).toEqual(key);
    expect(() => parseKey({ ...key, tenant: '../b' })).toThrow('not a tenant');
    expect(() => parseKey({ ...key, kind: '../b' })).toThrow('not a kind');
  });

  it.each([
    'sha256:../../x',
    `sha256:${'A'.repeat(64)}`,
    'sha256:abc',
    `sha256:${'a'.repeat(65)}`,
    `sha256:${'a'.repeat(63)}/`,
    `sha512:${'a'.repeat(64)}`,
    `${digest}\n`,
    '',
  ])('never let the digest %j become a path', (text) => {
    expect(() => parseKey({ tenant: 'acme', kind: 'layer.files', digest: text })).toThrow(
      expect.objectContaining({ code: 'bad-reference' }),
    );
  });
});

describe('media types', () => {
  it('are those of the format documents', () => {
    expect(contentTypeOf('ndjson')).toBe('application/x-ndjson+zstd');
    expect(contentTypeOf('json')).toBe('application/json+zstd');
  });

  it('lead back to formats', () => {
    expect(formatOfContentType('application/x-ndjson+zstd')).toBe('ndjson');
    expect(formatOfContentType('application/json+zstd')).toBe('json');
    expect(formatOfContentType('application/json')).toBeNull();
    expect(formatOfContentType('')).toBeNull();
  });
});
