import type { ByteSource } from './byte-source.ts';
import { readRange } from './file-range.ts';

/** Bytes that can be read as often as needed, any part of them. */
export interface RangeSource {
  /** In bytes. */
  readonly size: number;
  /** The bytes from one position to before another. Each call reads them again. */
  read(start: number, end: number): ByteSource;
}

/** Takes bytes in memory as a source. They must not change any more. */
export function sourceOfBytes(bytes: Uint8Array): RangeSource {
  return { size: bytes.length, read: (start, end) => [bytes.subarray(start, end)] };
}

/** Takes a regular file as a source; reading throws what `readRange` does. */
export function sourceOfFile(path: string, size: number): RangeSource {
  return { size, read: (start, end) => readRange(path, { offset: start, length: end - start }) };
}
