import {
  type ByteText,
  escapeInvalid,
  fromText,
  isUtf8Text,
  toBase64,
  toText,
} from '../../../base/byte-text.ts';
import type { EntryType } from '../../layer/layer-entry.ts';

/** What a line of an inventory says, texts as bytes. */
export interface LineFields {
  readonly path: ByteText;
  readonly type: EntryType;
  /** The permission bits, and nothing else. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Null where a line is to say nothing of times. */
  readonly mtime: number | null;
  readonly mtimeNs: number;
  /** Empty on everything but files. */
  readonly sha256: string;
  readonly linkTarget: ByteText | null;
  /** Canonical JSON of the extended attributes; null when there are none. */
  readonly xattrs: ByteText | null;
  readonly device: { readonly major: number; readonly minor: number } | null;
}

/** Writes a line of canonical JSON, without its newline, as UTF-8 bytes. */
export function formatLine(entry: LineFields): ByteText {
  const { path, linkTarget, device } = entry;
  let line = '{';
  if (device !== null) line += `"device":{"major":${device.major},"minor":${device.minor}},`;
  line += `"gid":${entry.gid},`;
  if (linkTarget !== null) line += nameMembers('linkTarget', linkTarget);
  line += `"mode":"${modeText(entry.mode)}",`;
  if (entry.mtime !== null) line += `"mtime":${entry.mtime},`;
  if (entry.mtimeNs !== 0) line += `"mtimeNs":${entry.mtimeNs},`;
  line += nameMembers('path', path);
  if (entry.sha256 !== '') line += `"sha256":"${entry.sha256}",`;
  line += `"size":${entry.size},"type":"${entry.type}","uid":${entry.uid}`;
  if (entry.xattrs !== null) line += `,"xattrs":${entry.xattrs}`;
  return `${line}}`;
}

/** Canonical JSON of extended attributes: names as text, values in base64. */
export function formatXattrs(xattrs: ReadonlyMap<ByteText, ByteText>): ByteText {
  const members = [...xattrs].map(([name, value]) => [toText(name), toBase64(value)] as const);
  // RFC 8785 sorts by UTF-16 code units, as JavaScript compares texts.
  const sorted = [...new Map(members)].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `${quote(fromText(name))}:"${value}"`).join(',')}}`;
}

/** A name as text, and exactly where its bytes are not UTF-8. */
function nameMembers(member: string, bytes: ByteText): ByteText {
  if (isUtf8Text(bytes)) return `"${member}":${quote(bytes)},`;
  return `"${member}":${quote(escapeInvalid(bytes))},"${member}Base64":"${toBase64(bytes)}",`;
}

function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

const MUST_BE_ESCAPED = /[\x00-\x1f"\\]/;

/** A JSON text as RFC 8785 writes it. Bytes beyond ASCII are UTF-8 and stand as they are. */
function quote(text: ByteText): ByteText {
  return MUST_BE_ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
