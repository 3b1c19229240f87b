import type { ByteText } from '../byte-text.ts';
import { type MutableTarEntry, TarFault, type TarType } from './tar-entry.ts';
import { readNumber } from './tar-numbers.ts';

/** Bytes of a block: everything in a tar stands in whole blocks. */
export const BLOCK = 512;

const WORD = 4;
const CHECKSUM = 148;
const CHECKSUM_LENGTH = 8;

/** Type bytes that matter beyond the types of entries. */
export const FLAG = {
  paxLocal: 0x78, // x
  paxGlobal: 0x67, // g
  gnuLongName: 0x4c, // L
  gnuLongLink: 0x4b, // K
  gnuSparse: 0x53, // S
  oldFile: 0,
  file: 0x30, // 0
  fifo: 0x36, // 6
} as const;

const TYPES: readonly TarType[] = ['file', 'hardlink', 'symlink', 'char', 'block', 'dir', 'fifo', 'file'];

/** The type that a type byte stands for; POSIX wants files for those it does not know. */
function typeOf(flag: number): TarType {
  return TYPES[flag - 0x30] ?? 'file';
}

/** Tells whether container engines unpack entries with a type byte: they refuse a layer with any other. */
export function isUnpackedFlag(flag: number): boolean {
  return flag === FLAG.oldFile || (flag >= FLAG.file && flag <= FLAG.fifo);
}

/**
 * Adds up a header block.
 * @returns false when the block is all zeros.
 * @throws TarFault when the sum is neither the unsigned nor, as old programs wrote it, the signed one.
 */
export function checkBlock(block: Buffer, at: number): boolean {
  let sum = sumBytes(block, at);
  if (sum === 0) return false;
  // Its own field counts as spaces.
  const field = at + CHECKSUM;
  for (let i = field; i < field + CHECKSUM_LENGTH; i++) sum += 0x20 - (block[i] as number);
  const stated = readNumber(block, field, CHECKSUM_LENGTH, 'the checksum');
  if (stated !== sum && stated !== sum - 256 * countHighBytes(block, at))
    throw new TarFault('what should be a header has a wrong checksum');
  return true;
}

/** The sum of a block's bytes, four at a time where the block lies at words: this is done for every entry. */
function sumBytes(block: Buffer, at: number): number {
  const offset = block.byteOffset + at;
  if (offset % WORD !== 0) {
    let sum = 0;
    for (let i = at, end = at + BLOCK; i < end; i++) sum += block[i] as number;
    return sum;
  }
  const words = new Uint32Array(block.buffer, offset, BLOCK / WORD);
  // Two sums of 16 bits: 128 words have 256 bytes for each, and 256 × 255 stays below 65,536.
  let lanes = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    lanes = (lanes + (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff)) | 0;
  }
  return (lanes & 0xffff) + (lanes >>> 16);
}

/** The bytes that are negative when taken as signed. */
function countHighBytes(block: Buffer, at: number): number {
  let count = 0;
  for (let i = at; i < at + BLOCK; i++) {
    const inField = i >= at + CHECKSUM && i < at + CHECKSUM + CHECKSUM_LENGTH;
    if (!inField && (block[i] as number) > 0x7f) count++;
  }
  return count;
}

/** The text of a field up to its first NUL. */
export function readText(block: Buffer, at: number, length: number): ByteText {
  let end = at;
  for (const limit = at + length; end < limit && block[end] !== 0; end++);
  return end === at ? '' : block.toString('latin1', at, end);
}

type Format = 'v7' | 'ustar' | 'star' | 'gnu';

/** Tells the format by the magic at 257 (`ustar` and NUL, or `ustar`, two spaces and NUL) and star's at 508. */
function formatOf(block: Buffer, at: number): Format {
  const m = at + 257;
  const ustar =
    block[m] === 0x75 &&
    block[m + 1] === 0x73 &&
    block[m + 2] === 0x74 &&
    block[m + 3] === 0x61 &&
    block[m + 4] === 0x72;
  if (!ustar) return 'v7';
  if (block[m + 5] === 0) {
    const s = at + 508;
    const star = block[s] === 0x74 && block[s + 1] === 0x61 && block[s + 2] === 0x72 && block[s + 3] === 0;
    return star ? 'star' : 'ustar';
  }
  return block[m + 5] === 0x20 && block[m + 6] === 0x20 && block[m + 7] === 0 ? 'gnu' : 'v7';
}

const PREFIX = 345;
const STAR_TIMES = 476;

/** What stands before a long name. */
function readPrefix(block: Buffer, at: number, format: Format): ByteText {
  switch (format) {
    case 'ustar':
      return readText(block, at + PREFIX, 155);
    case 'star':
      return readText(block, at + PREFIX, 131);
    case 'gnu':
      return hasTimes(block, at) ? '' : readAsciiPrefix(block, at);
    case 'v7':
      return '';
  }
}

/**
 * Tells whether a GNU header has times where others have the prefix. Go before 1.8, and with it old container engines,
 * put a prefix there all the same.
 * @see https://github.com/golang/go/issues/12594
 */
function hasTimes(block: Buffer, at: number): boolean {
  try {
    for (const field of [at + PREFIX, at + PREFIX + 12]) {
      if (block[field] !== 0) readNumber(block, field, 12, 'a time');
    }
    return true;
  } catch {
    return false;
  }
}

function readAsciiPrefix(block: Buffer, at: number): ByteText {
  const prefix = readText(block, at + PREFIX, 155);
  return /^[\x00-\x7f]*$/.test(prefix) ? prefix : '';
}

/**
 * Reads a block, whose checksum is good, into an entry.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function readHeader(block: Buffer, at: number, entry: MutableTarEntry): void {
  const flag = block[at + 156] as number;
  const format = formatOf(block, at);
  const name = readText(block, at, 100);
  const prefix = readPrefix(block, at, format);
  entry.name = prefix === '' ? name : `${prefix}/${name}`;
  entry.typeFlag = flag;
  entry.type = typeOf(flag);
  entry.mode = readNumber(block, at + 100, 8, 'the mode');
  entry.uid = readNumber(block, at + 108, 8, 'the uid');
  entry.gid = readNumber(block, at + 116, 8, 'the gid');
  entry.size = readNumber(block, at + 124, 12, 'the size');
  entry.mtime = readNumber(block, at + 136, 12, 'the mtime');
  entry.mtimeNs = 0;
  entry.linkName = readText(block, at + 157, 100);
  // Device numbers of what is not a device and star's times are read too: engines refuse a block where these are not numbers.
  const devMajor = format === 'v7' ? 0 : readNumber(block, at + 329, 8, 'the major device number');
  const devMinor = format === 'v7' ? 0 : readNumber(block, at + 337, 8, 'the minor device number');
  if (format === 'star') {
    readNumber(block, at + STAR_TIMES, 12, 'the atime');
    readNumber(block, at + STAR_TIMES + 12, 12, 'the ctime');
  }
  const isDevice = entry.type === 'char' || entry.type === 'block';
  entry.devMajor = isDevice ? devMajor : 0;
  entry.devMinor = isDevice ? devMinor : 0;
  entry.xattrs = null;
  entry.libarchiveXattrs = null;
  if (flag === FLAG.gnuSparse && format !== 'gnu')
    throw new TarFault("a sparse file in star's own form, which is not read", 'unsupported');
}
