/** Zeros to compare with and to hash. */
export const ZEROS = Buffer.alloc(64 * 1024);

/** Tells whether all bytes from `start` to `end` are zero. */
export function isAllZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += ZEROS.length) {
    const length = Math.min(ZEROS.length, end - at);
    if (ZEROS.compare(bytes, at, at + length, 0, length) !== 0) return false;
  }
  return true;
}
