import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../../src/base/canonical-json.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import { POINTERS_SCHEMA, type Pointers, parsePointers } from '../../../../src/core/run/pointers.ts';
import { makePointer } from '../../../support/item-makers.ts';

const pointers = (): Pointers => ({
  schema: POINTERS_SCHEMA,
  image: { reference: 'oci:x', name: 'shop' },
  platforms: [makePointer(), makePointer()],
  absentPlatforms: [{ os: 'linux', architecture: 'ppc64le' }],
  gonePlatforms: [{ os: 'linux', architecture: 'arm', variant: 'v6' }],
  failures: [
    { platform: { os: 'linux', architecture: 's390x' }, code: 'digest-mismatch', message: 'damaged' },
  ],
});

const read = (value: unknown): Pointers => parsePointers(canonicalBytes(value), 'pointers.json');

describe('the pointers of several platforms', () => {
  it('are read as they were written', () => {
    expect(read(pointers())).toEqual(pointers());
  });

  it.each([
    ['another schema', { schema: 'varve.pointer@1' }],
    ['an unknown field', { more: 1 }],
    ['a code that is not a word', { failures: [{ ...pointers().failures[0], code: 'Not a word' }] }],
    ['a pointer that is none', { platforms: [{}] }],
    ['a URI of something else', { platforms: [{ ...makePointer(), manifestDigest: digestOf('other') }] }],
  ])('are refused with %s', (_, change) => {
    expect(() => read({ ...pointers(), ...change })).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringContaining('pointers.json') }),
    );
  });
});
