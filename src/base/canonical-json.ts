import canonicalize from 'canonicalize';
import { VarveError } from './errors.ts';
import { type Pausable, STRIDE } from './pausable.ts';

/**
 * The canonical JSON text of a value. Lone surrogates, which JSON from others may spell but UTF-8 cannot, become U+FFFD.
 * @throws VarveError `internal` when the value cannot be written as JSON.
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalText(value) ?? canonicalText(wellFormed(value));
  if (text === null) throw new VarveError('internal', 'a value without a JSON form was to be stored');
  return text;
}

function canonicalText(value: unknown): string | null {
  try {
    return canonicalize(value) ?? null;
  } catch {
    return null;
  }
}

/** The same value with texts and keys that UTF-8 can spell; nothing where it is nested too deeply to be walked. */
function wellFormed(value: unknown): unknown {
  try {
    return mapTexts(value);
  } catch {
    return undefined;
  }
}

function mapTexts(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(mapTexts);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toWellFormed(), mapTexts(each)]));
}

/** The UTF-8 bytes of a value's canonical JSON text: what is stored and hashed. */
export function canonicalBytes(value: unknown): Buffer {
  return Buffer.from(canonicalJson(value), 'utf8');
}

/**
 * The same bytes of a document that may have very many elements, piece by piece.
 * @param stride how many elements of an array make a piece.
 */
export function* canonicalBytesPausable(value: unknown, stride = STRIDE): Pausable<Buffer> {
  const pieces: Buffer[] = [];
  for (const text of canonicalPieces(value, stride)) {
    pieces.push(Buffer.from(text, 'utf8'));
    yield;
  }
  return Buffer.concat(pieces);
}

function* canonicalPieces(value: unknown, stride: number): Generator<string> {
  if (Array.isArray(value) && value.length > stride) {
    for (let start = 0; start < value.length; start += stride) {
      const elements = canonicalJson(value.slice(start, start + stride)).slice(1, -1);
      yield `${start === 0 ? '[' : ','}${elements}`;
    }
    yield ']';
  } else if (isPlainObject(value) && Object.values(value).some(isCompound)) {
    let before = '{';
    for (const key of Object.keys(value).sort()) {
      if (value[key] === undefined) continue;
      yield `${before}${canonicalJson(key)}:`;
      yield* canonicalPieces(value[key], stride);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else {
    yield canonicalJson(value);
  }
}

const isCompound = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Whose keys are sorted as they stand. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isCompound(value) || Array.isArray(value) || 'toJSON' in Object(value)) return false;
  return Object.keys(Object(value)).every((key) => key.isWellFormed());
}
