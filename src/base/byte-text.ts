import { isUtf8 } from 'node:buffer';

/**
 * Bytes as text: one character a byte (latin1). Names in an archive have no encoding of their own, so they stay bytes
 * until somebody shows them. Comparing two such texts compares their bytes.
 */
export type ByteText = string;

const BEYOND_ASCII = /[\x80-\xff]/;

/** Tells whether the bytes are UTF-8. */
export function isUtf8Text(bytes: ByteText): boolean {
  return !BEYOND_ASCII.test(bytes) || isUtf8(Buffer.from(bytes, 'latin1'));
}

const ESCAPES = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0')}`);

/** Replaces each byte that is not part of UTF-8 by `\xNN`, so that the result is UTF-8. */
export function escapeInvalid(bytes: ByteText): ByteText {
  if (isUtf8Text(bytes)) return bytes;
  let escaped = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    escaped += length === 0 ? ESCAPES[bytes.charCodeAt(at)] : bytes.slice(at, at + length);
    at += length || 1;
  }
  return escaped;
}

/**
 * How long the UTF-8 sequence is that begins at a place; 0 when none does.
 * @see https://www.rfc-editor.org/rfc/rfc3629#section-4
 */
function sequenceLength(bytes: ByteText, at: number): number {
  const lead = bytes.charCodeAt(at);
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const second = bytes.charCodeAt(at + 1);
  if (lead === 0xe0 && second < 0xa0) return 0;
  if (lead === 0xed && second > 0x9f) return 0;
  if (lead === 0xf0 && second < 0x90) return 0;
  if (lead === 0xf4 && second > 0x8f) return 0;
  for (let i = 1; i < length; i++) {
    if (bytes.charCodeAt(at + i) >> 6 !== 0b10) return 0;
  }
  return length;
}

/** The text that the bytes stand for in UTF-8; bytes that are not UTF-8 as `\xNN`. */
export function toText(bytes: ByteText): string {
  return BEYOND_ASCII.test(bytes) ? Buffer.from(escapeInvalid(bytes), 'latin1').toString('utf8') : bytes;
}

const ASCII = /^[\x00-\x7f]*$/;

/** The UTF-8 bytes of a text. */
export function fromText(text: string): ByteText {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

export function toBase64(bytes: ByteText): string {
  return Buffer.from(bytes, 'latin1').toString('base64');
}

export function fromBase64(base64: string): ByteText {
  return Buffer.from(base64, 'base64').toString('latin1');
}
