import canonicalize from 'canonicalize';
import { VarveError } from './errors.ts';

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
