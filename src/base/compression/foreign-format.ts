/** Magic numbers of compressions that are known by name and not read. */
const FOREIGN: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lzma', [0x5d, 0x00, 0x00]],
];

/**
 * Names the compression that bytes begin like and that is not read here; null for any other beginning.
 * Three bytes may be chance: ask only about what turned out to be nothing else.
 */
export function sniffForeign(firstBytes: Uint8Array): string | null {
  const found = FOREIGN.find(([, magic]) => magic.every((byte, at) => firstBytes[at] === byte));
  return found?.[0] ?? null;
}
