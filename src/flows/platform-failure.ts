import { VarveError } from '../base/errors.ts';
import { formatPlatform } from '../core/image/platform.ts';
import type { PlatformFailure } from './open-image.ts';

/** The fault of one platform of several, as an error that says which. */
export function nameFailure({ platform, error }: PlatformFailure): VarveError {
  const object = formatPlatform(platform);
  return new VarveError(error.code, `${object}: ${error.message}`, {
    object: error.object ?? object,
    cause: error.cause,
    ...(error.hint !== undefined && { hint: error.hint }),
  });
}

/** Throws what platforms failed with, the first one's code and hint for all. */
export function throwFailures(failures: readonly PlatformFailure[]): void {
  const [first, ...others] = failures.map(nameFailure);
  if (first === undefined) return;
  throw new VarveError(first.code, [first, ...others].map(({ message }) => message).join('\n'), {
    ...(first.object !== undefined && { object: first.object }),
    cause: first.cause,
    ...(first.hint !== undefined && { hint: first.hint }),
  });
}
