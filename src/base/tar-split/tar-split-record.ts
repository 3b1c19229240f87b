import { type ByteText, fromBase64, fromText } from '../byte-text.ts';
import { VarveError } from '../errors.ts';

/**
 * One line of tar-split's metadata: bytes of the tar as they are, or the place where a file's content stands in it.
 * @see https://github.com/vbatts/tar-split/blob/v0.12.1/tar/storage/entry.go
 */
export type TarSplitRecord =
  | { readonly kind: 'segment'; readonly base64: string }
  /** `size` in bytes; 0 for whatever has no content of its own. */
  | { readonly kind: 'file'; readonly name: ByteText; readonly size: number };

const FILE = 1;
const SEGMENT = 2;

/**
 * Reads one line.
 * @param position the line's number, from 0 on, which it must state itself.
 * @param object what is read, for errors.
 * @throws VarveError `malformed`.
 */
export function parseTarSplitRecord(line: string, position: number, object: string): TarSplitRecord {
  const {
    type,
    name = '',
    name_raw,
    size = 0,
    payload,
    position: stated = 0,
  } = parseObject(line, position, object);
  if (stated !== position) throw malformed(object, position, `it says that it is line ${String(stated)}`);
  if (type === SEGMENT && typeof payload === 'string') return { kind: 'segment', base64: payload };
  if (type !== FILE) throw malformed(object, position, 'it is of an unknown type');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw malformed(object, position, 'its size is not one');
  }
  // A name that is not UTF-8 stands in the second field, in place of the first.
  if (typeof name_raw === 'string' && name_raw !== '')
    return { kind: 'file', name: fromBase64(name_raw), size };
  if (typeof name === 'string') return { kind: 'file', name: fromText(name), size };
  throw malformed(object, position, 'its name is not a text');
}

function parseObject(line: string, position: number, object: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch {
    // What follows says it without quoting the line.
  }
  throw malformed(object, position, 'it is not a JSON object');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function malformed(object: string, position: number, what: string): VarveError {
  return new VarveError('malformed', `${object}: line ${position} is wrong: ${what}`, { object });
}
