/** Bytes that a payload may take compressed: zstd adds a 256th at most, and a few headers. */
export function compressedLimit(sizeBytes: number): number {
  return sizeBytes + Math.ceil(sizeBytes / 128) + 64 * 1024;
}
