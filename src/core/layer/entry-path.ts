import { type ByteText, fromBase64, fromText, isUtf8Text, toBase64, toText } from '../../base/byte-text.ts';

const SLASH = 0x2f;
const DOT = 0x2e;

/** The path of the root. */
export const ROOT = '.';

/** A path as inventories write it: as text, and exactly where its bytes are not UTF-8. */
export interface PathName {
  readonly path: string;
  readonly pathBase64?: string;
}

/** The exact bytes of a path: what paths are compared, sorted and looked up by. */
export function pathBytes(name: PathName | string): ByteText {
  if (typeof name === 'string') return fromText(name);
  return name.pathBase64 === undefined ? fromText(name.path) : fromBase64(name.pathBase64);
}

/** Writes the bytes of a path as inventories do. */
export function pathName(bytes: ByteText): PathName {
  const path = toText(bytes);
  return isUtf8Text(bytes) ? { path } : { path, pathBase64: toBase64(bytes) };
}

/**
 * The path that a name in a tar stands for: no leading or trailing slash, `//` and `.` collapsed, `..` resolved and
 * clamped at the root, the root itself `.`.
 */
export function normalizePath(name: ByteText): ByteText {
  let end = name.length;
  while (end > 0 && name.charCodeAt(end - 1) === SLASH) end--;
  const start = name.charCodeAt(0) === DOT && name.charCodeAt(1) === SLASH ? 2 : 0;
  if (start < end && isPlain(name, start, end)) return name.slice(start, end);
  const parts: ByteText[] = [];
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.length === 0 ? ROOT : parts.join('/');
}

/** Tells whether no component is empty, `.` or `..`. */
function isPlain(name: ByteText, start: number, end: number): boolean {
  let partAt = start;
  for (let i = start; i <= end; i++) {
    if (i < end && name.charCodeAt(i) !== SLASH) continue;
    const length = i - partAt;
    if (length <= 0) return false;
    if (length <= 2 && name.charCodeAt(partAt) === DOT && name.charCodeAt(i - 1) === DOT) return false;
    partAt = i + 1;
  }
  return true;
}

/** Tells whether a name climbs above the root with `..`. */
export function escapesRoot(name: ByteText): boolean {
  if (!name.includes('..')) return false;
  let depth = 0;
  for (const part of name.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** The directory that a path stands in; null for the root. */
export function parentOf(path: string): string | null {
  if (path === ROOT) return null;
  const slash = path.lastIndexOf('/');
  return slash === -1 ? ROOT : path.slice(0, slash);
}
