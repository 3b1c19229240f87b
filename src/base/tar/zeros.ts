/** Zeros to compare with, and to stand in for what a sparse file does not store. */
const ZEROS = Buffer.alloc(64 * 1024);

/** Tells whether all bytes from `start` to `end` are zero. */
export function isAllZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += ZEROS.length) {
    const length = Math.min(ZEROS.length, end - at);
    if (ZEROS.compare(bytes, at, at + length, 0, length) !== 0) return false;
  }
  return true;
}

/** Gives `count` zeros in chunks. */
export function eachZeroChunk(
  count: number,
  take: (zeros: Buffer, start: number, end: number) => void,
): void {
  for (let left = count; left > 0; left -= ZEROS.length) take(ZEROS, 0, Math.min(left, ZEROS.length));
}
