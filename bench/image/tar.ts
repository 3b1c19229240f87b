const BLOCK = 512;

/** One ustar header; `name` is ASCII of at most 100 bytes, `size` in bytes. */
export function writeHeader(target: Buffer, offset: number, name: string, size: number): void {
  target.fill(0, offset, offset + BLOCK);
  const put = (text: string, at: number) => target.write(text, offset + at, 'latin1');
  put(name, 0);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put('14524770400\0', 136);
  put('        0', 148);
  put('ustar\x0000', 257);
  let sum = 0;
  for (let index = offset; index < offset + BLOCK; index += 1) sum += target[index] ?? 0;
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}

/** Bytes that an entry of `size` bytes takes in a tar: header, content, padding. */
export function entryBytes(size: number): number {
  return BLOCK + Math.ceil(size / BLOCK) * BLOCK;
}

/** The two empty blocks that end a tar. */
export const endOfTar = Buffer.alloc(2 * BLOCK);
