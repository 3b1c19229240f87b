import canonicalize from 'canonicalize';
import { VarveError } from './errors.ts';

/**
 * The canonical JSON text of a value.
 * @throws VarveError `internal` when the value cannot be written as JSON.
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new VarveError('internal', 'a value without a JSON form was to be stored');
  return text;
}

/** The UTF-8 bytes of a value's canonical JSON text: what is stored and hashed. */
export function canonicalBytes(value: unknown): Buffer {
  return Buffer.from(canonicalJson(value), 'utf8');
}
