import type { ByteText } from '../byte-text.ts';
import { type MutableTarEntry, TarFault } from './tar-entry.ts';
import { readDecimal, readTime } from './tar-numbers.ts';

/** Keyword to value, both as bytes. */
export type PaxRecords = ReadonlyMap<ByteText, ByteText>;

const SPACE = 0x20;
const NEWLINE = 0x0a;
const EQUALS = 0x3d;

const XATTR = 'SCHILY.xattr.';
const XATTR_BASE64 = 'LIBARCHIVE.xattr.';

/** Holds the sparse map of form 0.1; that of form 0.0, which repeats its keywords, is gathered under it too. */
export const SPARSE_MAP = 'GNU.sparse.map';
const SPARSE_OFFSET = 'GNU.sparse.offset';
const SPARSE_LENGTH = 'GNU.sparse.numbytes';

/**
 * Reads the records of an extended header: each `LENGTH KEYWORD=VALUE\n`, the length counting all of it.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
 */
export function readPaxRecords(bytes: Buffer, start: number, end: number): PaxRecords {
  const records = new Map<ByteText, ByteText>();
  const sparse: string[] = [];
  for (let at = start; at < end; ) {
    const keyAt = bytes.indexOf(SPACE, at) + 1;
    if (keyAt === 0 || keyAt > end || keyAt - at > 16)
      throw new TarFault('an extended header record has no length');
    const next =
      at + readDecimal(bytes.toString('latin1', at, keyAt - 1), 'the length of an extended header record');
    const valueAt = bytes.indexOf(EQUALS, keyAt) + 1;
    if (next > end || valueAt < keyAt + 2 || valueAt >= next || bytes[next - 1] !== NEWLINE) {
      throw new TarFault('an extended header record is not well formed');
    }
    const key = bytes.toString('latin1', keyAt, valueAt - 1);
    if (key.includes('\0')) throw new TarFault('an extended header record has a NUL in its keyword');
    const value = bytes.toString('latin1', valueAt, next - 1);
    if (key === SPARSE_OFFSET || key === SPARSE_LENGTH) sparse.push(sparseNumber(key, value, sparse.length));
    else records.set(key, value);
    at = next;
  }
  if (sparse.length > 0) records.set(SPARSE_MAP, sparse.join(','));
  return records;
}

function sparseNumber(key: string, value: string, count: number): string {
  const expected = count % 2 === 0 ? SPARSE_OFFSET : SPARSE_LENGTH;
  if (key !== expected || value.includes(',')) throw new TarFault('the sparse map is out of order');
  return value;
}

/** Lays extended header records over what the header block says. An empty value leaves the block's in place. */
export function applyPaxRecords(entry: MutableTarEntry, records: PaxRecords): void {
  let xattrs: Map<ByteText, ByteText> | null = null;
  let libarchiveXattrs: Map<ByteText, ByteText> | null = null;
  for (const [key, value] of records) {
    if (key.startsWith(XATTR)) {
      xattrs ??= new Map();
      xattrs.set(withoutNul(key.slice(XATTR.length), key), value);
    } else if (key.startsWith(XATTR_BASE64)) {
      const name = withoutNul(unescapePercent(key.slice(XATTR_BASE64.length)), key);
      const decoded = Buffer.from(value, 'base64').toString('latin1');
      if (records.get(XATTR + name) === decoded) continue;
      libarchiveXattrs ??= new Map();
      libarchiveXattrs.set(name, decoded);
    } else if (value !== '') {
      applyPaxRecord(entry, key, value);
    }
  }
  entry.xattrs = xattrs;
  entry.libarchiveXattrs = libarchiveXattrs;
}

function applyPaxRecord(entry: MutableTarEntry, key: string, value: ByteText): void {
  switch (key) {
    case 'path':
      entry.name = withoutNul(value, key);
      break;
    case 'linkpath':
      entry.linkName = withoutNul(value, key);
      break;
    case 'size':
      entry.size = readDecimal(value, key);
      break;
    case 'uid':
      entry.uid = readDecimal(value, key);
      break;
    case 'gid':
      entry.gid = readDecimal(value, key);
      break;
    case 'mtime': {
      const time = readTime(value);
      entry.mtime = time.seconds;
      entry.mtimeNs = time.nanoseconds;
    }
  }
}

/** Keywords that change what an entry is, in addition to those of extended attributes and sparse files. */
const MEANINGFUL = new Set(['path', 'linkpath', 'size', 'uid', 'gid', 'mtime']);

/** Tells whether a record changes anything that a `TarEntry` holds. */
export function isMeaningfulRecord(key: ByteText): boolean {
  return (
    MEANINGFUL.has(key) ||
    key.startsWith(XATTR) ||
    key.startsWith(XATTR_BASE64) ||
    key.startsWith('GNU.sparse.')
  );
}

/** No path or attribute of any system has a NUL in it: readers would disagree on where such a name ends. */
export function withoutNul(text: ByteText, field: string): ByteText {
  if (text.includes('\0')) throw new TarFault(`a NUL stands in ${JSON.stringify(field)}`);
  return text;
}

function unescapePercent(text: ByteText): ByteText {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
