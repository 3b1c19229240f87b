import { type ByteText, fromBase64, fromText, isUtf8Text, toText } from '../../base/byte-text.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { normalisePath } from './entry-path.ts';
import type { EntryType, InventoryEntry } from './inventory.ts';

const TEXT = '"([^"\\\\\x00-\x1f]*(?:\\\\.[^"\\\\\x00-\x1f]*)*)"';
const BASE64 = '"((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)"';
const INTEGER = '(0|-?[1-9][0-9]{0,15})';
const SIZE = '(0|[1-9][0-9]{0,15})';
const optional = (key: string, value: string) => `(?:"${key}":${value},)?`;

/** The one way to write a line: these fields in this order, as RFC 8785 has it. */
const LINE = new RegExp(
  `^\\{${optional('device', `\\{"major":${INTEGER},"minor":${INTEGER}\\}`)}"gid":${INTEGER},` +
    `${optional('linkTarget', TEXT)}${optional('linkTargetBase64', BASE64)}` +
    `"mode":"([0-7]{4})","mtime":${INTEGER},${optional('mtimeNs', '([1-9][0-9]{0,8})')}` +
    `"path":${TEXT},${optional('pathBase64', BASE64)}${optional('sha256', '"([0-9a-f]{64})"')}` +
    `"size":${SIZE},"type":"([a-z]+)","uid":${INTEGER}(?:,"xattrs":(\\{.+\\}))?\\}$`,
);

/**
 * Reads a line that `formatLine` wrote, without its newline.
 * @returns null for any other text.
 */
export function parseLine(line: string): InventoryEntry | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, major, minor, gid, link, linkBase64, mode, mtime, mtimeNs, path] = match;
  const [pathBase64, sha256, size, type, uid, xattrs] = match.slice(10);
  const entry: Mutable<InventoryEntry> = {
    path: unquote(path as string) ?? '',
    type: type as EntryType,
    mode: mode as string,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    mtime: Number(mtime),
  };
  if (pathBase64 !== undefined) entry.pathBase64 = pathBase64;
  if (mtimeNs !== undefined) entry.mtimeNs = Number(mtimeNs);
  if (sha256 !== undefined) entry.sha256 = sha256;
  if (link !== undefined) {
    const target = unquote(link);
    if (target === null) return null;
    entry.linkTarget = target;
  }
  if (linkBase64 !== undefined) entry.linkTargetBase64 = linkBase64;
  if (major !== undefined) entry.device = { major: Number(major), minor: Number(minor) };
  if (xattrs !== undefined) {
    const attributes = parseXattrs(xattrs);
    if (attributes === null) return null;
    entry.xattrs = attributes;
  }
  return fieldsFitType(entry) && textsAreExact(entry) ? entry : null;
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
  return unquote(bytes.toString('latin1', from, to));
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Types that have neither content nor target nor device. */
const BARE_TYPES: ReadonlySet<EntryType> = new Set(['dir', 'fifo', 'whiteout', 'opaque']);

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
    [entry.size, entry.mtime, entry.uid, entry.gid].every(Number.isSafeInteger)
  );
}

function textsAreExact({ path, pathBase64, type, linkTarget, linkTargetBase64 }: InventoryEntry): boolean {
  const bytes = exactBytes(path, pathBase64);
  if (bytes === null || normalisePath(bytes) !== bytes) return false;
  if (linkTarget === undefined) return true;
  const target = exactBytes(linkTarget, linkTargetBase64);
  return target !== null && (type === 'symlink' || normalisePath(target) === target);
}

/** The bytes of a text; null when base64 is given that says something else, or nothing more. */
function exactBytes(text: string, base64: string | undefined): ByteText | null {
  if (base64 === undefined) return fromText(text);
  const bytes = fromBase64(base64);
  return !isUtf8Text(bytes) && toText(bytes) === text ? bytes : null;
}

function unquote(text: string): string | null {
  if (!text.includes('\\')) return text;
  const value = parseJson(`"${text}"`);
  return typeof value === 'string' && JSON.stringify(value) === `"${text}"` ? value : null;
}

const VALUE = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function parseXattrs(json: string): Readonly<Record<string, string>> | null {
  const value = parseJson(json);
  if (!isTexts(value) || canonicalJson(value) !== json) return null;
  return Object.values(value).every((base64) => VALUE.test(base64)) ? value : null;
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
