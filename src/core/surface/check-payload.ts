import { VarveError } from '../../base/errors.ts';
import { malformed } from '../words/stored-json.ts';
import type { PayloadFormat } from './item.ts';

const NEWLINE = 0x0a;

/**
 * Checks a payload that comes from outside: it is kept as it is, so it must be what it is called.
 * @param object names it in errors.
 * @throws VarveError `malformed` for what is not UTF-8, not JSON, or of NDJSON a line that is not.
 */
export function checkPayload(bytes: Uint8Array, format: PayloadFormat, object: string): void {
  if (format === 'json') {
    if (!isJson(bytes)) throw notJson(object, 'is not JSON in UTF-8');
    return;
  }
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end === -1) throw notJson(object, 'does not end with a newline');
    if (!isJson(bytes.subarray(start, end))) throw malformed(object, `line ${line} is not JSON in UTF-8`);
    start = end + 1;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(decoder.decode(bytes));
    return true;
  } catch {
    return false;
  }
}

function notJson(object: string, problem: string): VarveError {
  return new VarveError('malformed', `${object} ${problem}`, {
    object,
    hint: 'a payload is one JSON value (json), or lines that each are one (ndjson)',
  });
}
