import { VarveError } from '../../base/errors.ts';

/** No manifest of a single item, and no layer record, comes near this many bytes. */
export const MANIFEST_BYTES = 1024 * 1024;

/** No entry of a history comes near this many bytes. */
export const ENTRY_BYTES = 1024 * 1024;

/** The error for an object that has more bytes than it may have. */
export function tooLarge(object: string, size: number, most: number): VarveError {
  const problem = `has ${size} bytes, more than the ${most} it may have`;
  return new VarveError('limit-exceeded', `${object} ${problem}`, { object });
}
