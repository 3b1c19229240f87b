import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { VarveError } from './errors.ts';

/** Size in bytes of the chunks that files are read in, unless a buffer is given. */
export const READ_CHUNK_BYTES = 256 * 1024;

export interface FileRange {
  /** Where it begins, in bytes from the file's beginning. */
  readonly offset: number;
  /** How many bytes there must be. Left out: all to the end of the file. */
  readonly length?: number;
}

/**
 * Reads a range of a regular file, synchronously, into one buffer: a chunk is valid until the next is asked for.
 * The file is opened at the first chunk, and closed at the end or when the reading is given up.
 * Reading throws VarveError `truncated` when the file ends before the range does, `denied` when it may not be read,
 * `unreachable` when it is absent, not a regular file, or its disk fails.
 */
export function* readRange(
  path: string,
  range: FileRange = { offset: 0 },
  buffer: Uint8Array = Buffer.allocUnsafeSlow(READ_CHUNK_BYTES),
): Generator<Uint8Array, void> {
  const file = openRegularFile(path);
  try {
    const length = range.length ?? Math.max(0, file.size - range.offset);
    for (let done = 0; done < length; ) {
      const wanted = Math.min(buffer.length, length - done);
      const read = readAt(file.descriptor, path, buffer, wanted, range.offset + done);
      if (read === 0) throw endsEarly(path, range.offset + length, range.offset + done);
      done += read;
      yield read === buffer.length ? buffer : buffer.subarray(0, read);
    }
  } finally {
    closeSync(file.descriptor);
  }
}

function openRegularFile(path: string): { descriptor: number; size: number } {
  let descriptor: number | null = null;
  try {
    // Without O_NONBLOCK a named pipe would be waited for for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw notRegular(path);
    return { descriptor, size: stat.size };
  } catch (fault) {
    if (descriptor !== null) closeSync(descriptor);
    throw unreadable(fault, path);
  }
}

function readAt(
  descriptor: number,
  path: string,
  buffer: Uint8Array,
  length: number,
  position: number,
): number {
  try {
    return readSync(descriptor, buffer, 0, length, position);
  } catch (fault) {
    throw unreadable(fault, path);
  }
}

/** A fault of reading a file as a VarveError: `denied` where this user may not, else `unreachable`. */
export function unreadable(fault: unknown, path: string): VarveError {
  if (fault instanceof VarveError) return fault;
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown fault';
  const denied = code === 'EACCES' || code === 'EPERM';
  return new VarveError(denied ? 'denied' : 'unreachable', `cannot read ${path} (${code})`, {
    object: path,
    cause: fault,
    hint: denied
      ? 'this user may not read it: change its permissions'
      : 'check that the file exists and its disk works',
  });
}

function notRegular(path: string): VarveError {
  return new VarveError('unreachable', `${path} is not a regular file`, {
    object: path,
    hint: 'give a file on disk: a pipe or device cannot be read by range',
  });
}

function endsEarly(path: string, expected: number, found: number): VarveError {
  return new VarveError('truncated', `${path} ends at byte ${found}, and should go on to byte ${expected}`, {
    object: path,
    hint: 'the file was cut off, or is still being written: fetch or build it again',
  });
}
