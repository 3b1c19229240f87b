/** How the bytes of a blob or archive are compressed. */
export type CompressionFormat = 'none' | 'gzip' | 'zstd';

/** Size in bytes of the chunks that decoded bytes come in; the last may be smaller. */
export const DECODED_CHUNK_BYTES = 256 * 1024;

/** How many leading bytes `sniff` needs to be sure. */
export const SNIFF_BYTES = 4;

/**
 * Tells the compression by the magic number that the bytes begin with; `none` for any other beginning.
 * @see https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 */
export function sniff(firstBytes: Uint8Array): CompressionFormat {
  const [a, b, c, d] = firstBytes;
  if (a === 0x1f && b === 0x8b && c === 0x08) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  const skippable = a !== undefined && a >> 4 === 0x5 && b === 0x2a && c === 0x4d && d === 0x18;
  return skippable ? 'zstd' : 'none';
}

/** Magic numbers of compressions that are known by name and not read. */
const FOREIGN: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lzma', [0x5d, 0x00, 0x00]],
];

/**
 * Names the compression that bytes begin like and that is not supported; null for any other beginning.
 * Three bytes may be chance: ask only about what turned out to be nothing else.
 */
export function sniffForeign(firstBytes: Uint8Array): string | null {
  const found = FOREIGN.find(([, magic]) => magic.every((byte, at) => firstBytes[at] === byte));
  return found?.[0] ?? null;
}

/**
 * Which code inflates and compresses. `native` works synchronously in the calling thread, over interfaces that Node
 * does not document; `public` uses documented ones only; `auto` is `native` where that works on this Node.
 */
export type CodecEngine = 'auto' | 'native' | 'public';
