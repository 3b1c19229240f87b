import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../../src/base/canonical-json.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import { parsePointer, pointerBytes } from '../../../../src/core/run/pointer.ts';
import { makePointer } from '../../../support/item-makers.ts';

const pointer = makePointer();
const parse = (value: unknown) => parsePointer(canonicalBytes(value), 'varve-pointer.json');

describe('pointers', () => {
  it('are read back as they were', () => {
    expect(parsePointer(pointerBytes(pointer), 'varve-pointer.json')).toEqual(pointer);
  });

  it('may lack baseline and comparison', () => {
    const first = { ...pointer, baseline: null, comparison: null };
    expect(parse(first)).toEqual(first);
  });

  it.each<[string, unknown]>([
    ['an unknown field', { ...pointer, extra: 1 }],
    ['another schema', { ...pointer, schema: 'varve.pointer@2' }],
    ['a manifest of another digest', { ...pointer, manifestDigest: digestOf('other') }],
    [
      'a comparison of another digest',
      { ...pointer, comparison: { ...pointer.comparison, digest: digestOf('x') } },
    ],
    ['a time in words', { ...pointer, run: { ...pointer.run, generatedAt: 'yesterday' } }],
    ['an unknown way to a baseline', { ...pointer, baseline: { ...pointer.baseline, found: 'luck' } }],
  ])('are refused with %s', (_, value) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({
        code: 'malformed',
        message: expect.stringContaining('varve-pointer.json'),
      }),
    );
  });

  it('are refused over the limit on JSON', () => {
    const large = { ...pointer, image: { ...pointer.image, name: 'x'.repeat(21 * 1024 * 1024) } };
    expect(() => parse(large)).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });
});
