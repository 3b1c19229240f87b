import { VarveError } from './errors.ts';

/** No description of an image nests deeper, and walking deep values needs a stack. */
const MAX_DEPTH = 256;
/** Each takes a hundred bytes once it is parsed, however short its text. */
const MAX_VALUES = 1_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const MINUS = 0x2d;
const [ZERO, NINE] = [0x30, 0x39];
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Parses JSON that everybody must read alike: well-formed UTF-8, no object with one key twice.
 * @param object what the bytes are, for errors.
 * @param maxValues how many objects, lists, texts and numbers it may have.
 * @throws VarveError `malformed`; `limit-exceeded` for what nests too deeply or has too many values.
 * @see https://www.rfc-editor.org/rfc/rfc7493#section-2
 */
export function parseStrictJson(bytes: Uint8Array, object: string, maxValues = MAX_VALUES): unknown {
  const text = decode(bytes, object);
  const excess = findExcess(text, maxValues);
  if (excess !== null) {
    throw new VarveError('limit-exceeded', `${object} ${excess}`, {
      object,
      hint: 'no program is known to write such a document: check what made it',
    });
  }
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
    hint: 'programs disagree on which of the two counts, so the document is refused',
  });
}

/**
 * Refuses JSON with whole numbers that this program would round, so that two would pass for one, and with numbers out of
 * all bounds. Others read up to 64 bits exactly, and refuse `1e9` or `1.0` where they want a whole number.
 * @param bytes are known to be JSON.
 * @param isWhole tells the fields that have whole numbers.
 * @throws VarveError `malformed`.
 */
export function refuseDisputedNumbers(
  bytes: Uint8Array,
  object: string,
  isWhole: (field: string) => boolean = () => false,
): void {
  const disputed = findDisputedNumber(decode(bytes, object), isWhole);
  if (disputed === null) return;
  throw new VarveError('malformed', `${object} has the number ${disputed.slice(0, 100)}`, {
    object,
    hint: 'programs read it differently or refuse it, so the document is refused',
  });
}

/**
 * Parses JSON as `JSON.parse` does, but refuses what nests too deeply or has too many values.
 * @throws SyntaxError, RangeError
 */
export function parseShallowJson(text: string, maxValues = MAX_VALUES): unknown {
  const excess = findExcess(text, maxValues);
  if (excess !== null) throw new RangeError(`the JSON ${excess}`);
  return JSON.parse(text);
}

function decode(bytes: Uint8Array, object: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new VarveError('malformed', `${object} is not UTF-8 text`, { object, cause });
  }
}

/** What a text has too much of, before it is parsed: it need not be JSON. Null when it has not. */
function findExcess(text: string, maxValues: number): string | null {
  const mayNest = opensMore(text, '{', MAX_DEPTH / 2) || opensMore(text, '[', MAX_DEPTH / 2);
  // Most documents are small, and need no look at each of their characters.
  if (!mayNest && text.length < maxValues) return null;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === COMMA) values++;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      values++;
      if (++depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
    }
    if (values > maxValues) return `has more than ${maxValues} values`;
  }
  return null;
}

/** Whether a text has a character more often than that; within strings it counts too. */
function opensMore(text: string, character: string, most: number): boolean {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    if (++count > most) return true;
  }
  return false;
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

const NUMBER = /-?[\d.eE+-]+/y;

function findDisputedNumber(text: string, isWhole: (field: string) => boolean): string | null {
  let mustBeWhole = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (followedByColon(text, end)) mustBeWhole = isWhole(String(JSON.parse(text.slice(at, end))));
      at = end - 1;
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = at;
      const [number = ''] = NUMBER.exec(text) ?? [];
      const value = Number(number);
      const isWritten = /^-?\d+$/.test(number);
      if (!Number.isFinite(value) || (isWritten ? !Number.isSafeInteger(value) : mustBeWhole)) return number;
      at += number.length - 1;
    }
  }
  return null;
}

/** The index after the closing quote of the string that begins at `start`; the text's end where none closes it. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function followedByColon(text: string, start: number): boolean {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === COLON;
}
