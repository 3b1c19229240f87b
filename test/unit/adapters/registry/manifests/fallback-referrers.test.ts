import { expect, it } from 'vitest';
import { referrersTag } from '../../../../../src/adapters/registry/manifests/fallback-referrers.ts';
import { type Digest, digestOf } from '../../../../../src/base/digest.ts';

it('is made of algorithm and digits', () => {
  expect(referrersTag(digestOf(''))).toBe(
    'sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});

it('is cut and cleaned as the specification says', () => {
  const digest = `${'a+b'.repeat(20)}:${'F=_.'.repeat(40)}` as Digest;
  const tag = referrersTag(digest);
  expect(tag).toBe(`${'a-b'.repeat(20).slice(0, 32)}-${'F-_.'.repeat(16)}`);
  expect(tag).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
});
