import { expect, it } from 'vitest';
import { DEFAULT_LIMITS, limitExceeded } from '../../../src/base/limits.ts';

it('an error of a limit says how much it is, and how to raise it on either face', () => {
  expect(limitExceeded('jsonBytes', DEFAULT_LIMITS, 'index.json')).toMatchObject({
    code: 'limit-exceeded',
    message: 'index.json is over the limit of 20,971,520 bytes',
    hint: 'if this is expected, raise it with --max-json-bytes (input max-json-bytes)',
  });
  expect(limitExceeded('layerEntries', { layerEntries: 1 }, 'layer 0').message).toBe(
    'layer 0 is over the limit of 1 entry',
  );
});
