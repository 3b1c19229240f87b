import { VarveError } from './errors.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Parses JSON that everybody must read alike: well-formed UTF-8, no object with one key twice.
 * @param object what the bytes are, for errors.
 * @throws VarveError `malformed`.
 * @see https://www.rfc-editor.org/rfc/rfc7493#section-2
 */
export function parseStrictJson(bytes: Uint8Array, object: string): unknown {
  const text = decode(bytes, object);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The fault of JSON.parse quotes the text, which may be of a file that was never meant to be shown.
    throw new VarveError('malformed', `${object} is not JSON`, { object });
  }
  const twice = findDuplicateKey(text);
  if (twice === null) return value;
  throw new VarveError('malformed', `${object} has the key ${JSON.stringify(twice.slice(0, 100))} twice`, {
    object,
    hint: 'programs disagree on which of the two counts, so none is believed',
  });
}

function decode(bytes: Uint8Array, object: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new VarveError('malformed', `${object} is not UTF-8 text`, { object, cause });
  }
}

/** The first key that stands twice in one object of a text that is known to be JSON. */
function findDuplicateKey(text: string): string | null {
  const keysOf: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_OBJECT) keysOf.push(new Set());
    else if (code === OPEN_ARRAY) keysOf.push(null);
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) keysOf.pop();
    else if (code === QUOTE) {
      const end = endOfString(text, at);
      const keys = keysOf.at(-1);
      if (keys && followedByColon(text, end)) {
        const key = String(JSON.parse(text.slice(at, end)));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return null;
}

/** The index after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function followedByColon(text: string, start: number): boolean {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === COLON;
}
