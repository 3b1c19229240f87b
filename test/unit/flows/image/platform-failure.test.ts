import { expect, it } from 'vitest';
import { VarveError } from '../../../../src/base/errors.ts';
import { type PlatformFailure, throwFailures } from '../../../../src/flows/image/platform-failure.ts';

const failure = (architecture: string, error: VarveError): PlatformFailure => ({
  platform: { os: 'linux', architecture },
  error,
});

const thrown = (failures: readonly PlatformFailure[]): unknown => {
  try {
    throwFailures(failures);
    return null;
  } catch (fault) {
    return fault;
  }
};

it('is nothing where nothing failed', () => {
  expect(thrown([])).toBeNull();
});

it('says of each platform what it failed with, under the code and with the hint of the first', () => {
  const cause = new Error('deeper');
  const damaged = new VarveError('digest-mismatch', 'layer 1 is damaged', {
    object: 'layer 1',
    hint: 'again',
    cause,
  });
  expect(thrown([failure('arm64', damaged), failure('386', new VarveError('denied', 'no'))])).toMatchObject({
    code: 'digest-mismatch',
    message: 'linux/arm64: layer 1 is damaged\nlinux/386: no',
    object: 'layer 1',
    hint: 'again',
    cause,
  });
});

it('names ten of very many', () => {
  const failures = Array.from({ length: 1000 }, (_, index) =>
    failure(`cpu${index}`, new VarveError('blob-missing', 'gone')),
  );
  const { message } = thrown(failures) as VarveError;
  expect(message.split('\n')).toHaveLength(11);
  expect(message).toContain('and 990 more platforms');
});
