import { type ByteText, fromBase64, fromText, isUtf8Text, toText } from '../../../base/byte-text.ts';
import { normalizePath } from '../../layer/entry-path.ts';
import type { EntryType } from '../../layer/layer-entry.ts';
import type { InventoryEntry } from './inventory.ts';
import { LineCursor } from './line-cursor.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads a line that `formatLine` wrote, without its newline: these fields in this order, and written in no other way.
 * @returns null for any other text.
 */
export function parseLine(line: string): InventoryEntry | null {
  try {
    const entry = readFields(new LineCursor(line));
    return fieldsFitType(entry) && textsAreExact(entry) ? entry : null;
  } catch (fault) {
    if (fault instanceof SyntaxError) return null;
    throw fault;
  }
}

function readFields(line: LineCursor): InventoryEntry {
  const entry: Mutable<InventoryEntry> = {
    path: '',
    type: 'file',
    mode: '',
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
  };
  line.expect('{');
  if (line.skips('"device":{"major":')) entry.device = readDevice(line);
  line.expect('"gid":');
  entry.gid = line.integer();
  line.expect(',');
  if (line.skips('"linkTarget":')) entry.linkTarget = readText(line);
  if (line.skips('"linkTargetBase64":')) entry.linkTargetBase64 = readBase64(line);
  line.expect('"mode":');
  entry.mode = readText(line);
  line.expect('"mtime":');
  entry.mtime = line.integer();
  if (line.skips(',"mtimeNs":')) entry.mtimeNs = line.integer();
  line.expect(',"path":');
  entry.path = readText(line);
  if (line.skips('"pathBase64":')) entry.pathBase64 = readBase64(line);
  if (line.skips('"sha256":')) entry.sha256 = readText(line);
  line.expect('"size":');
  entry.size = line.integer();
  line.expect(',"type":');
  entry.type = line.text() as EntryType;
  line.expect(',"uid":');
  entry.uid = line.integer();
  if (line.skips(',"xattrs":')) entry.xattrs = line.lastObject('}');
  line.expect('}');
  line.end();
  return entry;
}

function readDevice(line: LineCursor): NonNullable<InventoryEntry['device']> {
  const major = line.integer();
  line.expect(',"minor":');
  const minor = line.integer();
  line.expect('},');
  return { major, minor };
}

/** A text with a further field behind it. */
function readText(line: LineCursor): string {
  const text = line.text();
  line.expect(',');
  return text;
}

function readBase64(line: LineCursor): string {
  const text = line.base64();
  line.expect(',');
  return text;
}

/** Types that have neither content nor target nor device. */
const BARE_TYPES: ReadonlySet<EntryType> = new Set(['dir', 'fifo', 'whiteout', 'opaque']);

const MODE = /^[0-7]{4}$/;
const SHA256 = /^[0-9a-f]{64}$/;

function fieldsFitType(entry: InventoryEntry): boolean {
  const { type } = entry;
  const isFile = type === 'file';
  const isLink = type === 'symlink' || type === 'hardlink';
  const isDevice = type === 'char' || type === 'block';
  return (
    (isFile || isLink || isDevice || BARE_TYPES.has(type)) &&
    isFile === (entry.sha256 !== undefined) &&
    isLink === (entry.linkTarget !== undefined) &&
    isDevice === (entry.device !== undefined) &&
    (isFile || entry.size === 0) &&
    (isLink || entry.linkTargetBase64 === undefined) &&
    MODE.test(entry.mode) &&
    (entry.sha256 === undefined || SHA256.test(entry.sha256)) &&
    entry.size >= 0 &&
    (entry.mtimeNs === undefined || (entry.mtimeNs > 0 && entry.mtimeNs < 1e9))
  );
}

function textsAreExact({ path, pathBase64, type, linkTarget, linkTargetBase64 }: InventoryEntry): boolean {
  const bytes = exactBytes(path, pathBase64);
  if (bytes === null || normalizePath(bytes) !== bytes) return false;
  if (linkTarget === undefined) return true;
  const target = exactBytes(linkTarget, linkTargetBase64);
  return target !== null && (type === 'symlink' || normalizePath(target) === target);
}

/** The bytes of a text; null when base64 is given that says something else, or nothing more. */
function exactBytes(text: string, base64: string | undefined): ByteText | null {
  if (base64 === undefined) return fromText(text);
  const bytes = fromBase64(base64);
  return !isUtf8Text(bytes) && toText(bytes) === text ? bytes : null;
}

const PATH_KEY = Buffer.from('"path":"');
const PATH_BASE64_KEY = '","pathBase64":"';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The path in a line that lies in a buffer, found without parsing the line.
 * @returns null when there is none.
 */
export function linePath(bytes: Buffer, start: number, end: number): ByteText | null {
  // In JSON these quotes cannot stand inside a string, and of all keys only xattrs, which come later, are free.
  const key = bytes.indexOf(PATH_KEY, start);
  if (key === -1 || key >= end) return null;
  const from = key + PATH_KEY.length;
  let to = from;
  while (to < end && bytes[to] !== QUOTE) to += bytes[to] === BACKSLASH ? 2 : 1;
  const exact = to + PATH_BASE64_KEY.length;
  if (bytes.toString('latin1', to, exact) === PATH_BASE64_KEY) {
    return fromBase64(bytes.toString('latin1', exact, bytes.indexOf(QUOTE, exact)));
  }
  const text = bytes.toString('latin1', from, to);
  return text.includes('\\') ? unescaped(text) : text;
}

function unescaped(text: ByteText): ByteText | null {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return null;
  }
}
