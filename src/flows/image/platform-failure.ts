import { VarveError } from '../../base/errors.ts';
import { formatPlatform, type Platform } from '../../core/words/platform.ts';

/** A platform that could not be dealt with, where there are others. */
export interface PlatformFailure {
  readonly platform: Platform;
  readonly error: VarveError;
}

/** The fault of one platform of several, as an error that says which. */
export function nameFailure({ platform, error }: PlatformFailure): VarveError {
  const object = formatPlatform(platform);
  return new VarveError(error.code, `${object}: ${error.message}`, {
    object: error.object ?? object,
    cause: error.cause,
    ...(error.hint !== undefined && { hint: error.hint }),
  });
}

const TOLD = 10;

/** Throws what platforms failed with, if any did: under the code of the first, with a line for each. */
export function throwFailures(failures: readonly PlatformFailure[]): void {
  const [first] = failures.map(nameFailure);
  if (first === undefined) return;
  const lines = failures.slice(0, TOLD).map((failure) => nameFailure(failure).message);
  if (failures.length > TOLD) lines.push(`and ${failures.length - TOLD} more platforms`);
  throw new VarveError(first.code, lines.join('\n'), {
    ...(first.object !== undefined && { object: first.object }),
    cause: first.cause,
    ...(first.hint !== undefined && { hint: first.hint }),
  });
}
