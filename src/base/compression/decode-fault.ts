import { VarveError } from '../errors.ts';

/** What a codec says went wrong: its own code and words. */
export interface CodecFault {
  readonly code: string;
  readonly message: string;
}

/** The error for a stream that stops before its format lets it. */
export function truncatedStream(object: string, format: string): VarveError {
  return new VarveError('truncated', `${object}: the ${format} stream ends too early`, {
    object,
    hint: 'the file was cut off, or is still being written: fetch or build it again',
  });
}

/** The error for bytes that a format does not allow. */
export function malformedStream(object: string, format: string, what: string): VarveError {
  return new VarveError('malformed', `${object}: not valid ${format}: ${what}`, { object });
}

/** Puts a codec's fault into the project's words. */
export function decodeFault(object: string, format: string, fault: CodecFault): VarveError {
  if (fault.code === 'Z_BUF_ERROR') return truncatedStream(object, format);
  return malformedStream(object, format, fault.message);
}
