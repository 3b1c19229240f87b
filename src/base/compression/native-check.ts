import { VarveError } from '../errors.ts';
import { createNativeDecoder } from './native-decoder.ts';

const TEXT = 'a lake lays down a layer a year; '.repeat(4);
/** The text above, each time with a checksum. */
const COMPRESSED = {
  gzip: 'H4sIAAAAAAACA0tUyEnMTlXISawsVkjJL89TSASxU4sUEhUqUxOLrMF8GisAADEVQhWEAAAA',
  zstd: 'KLUv/SSELQEAEgIHDNAdA9qJJJwWGCgyWwPG7DHORh2bnpwb9VDUEQEAASRVT+4BJzk=',
} as const;

let verdict: boolean | null = null;

/** Tells, by trying it once in this thread, whether the native decoder does on this Node what it must. */
export function nativeDecoderWorks(): boolean {
  verdict ??= passesTrial('gzip') && passesTrial('zstd');
  return verdict;
}

/** Tries two members or frames, whole and in pieces; then what is cut short; then what is damaged. */
function passesTrial(format: 'gzip' | 'zstd'): boolean {
  const one = Buffer.from(COMPRESSED[format], 'base64');
  const two = Buffer.concat([one, one]);
  const damaged = Buffer.from(two);
  damaged.fill(0xff, one.length - 16, one.length - 8);
  try {
    return (
      decode(format, two, two.length) === TEXT + TEXT &&
      decode(format, two, 7) === TEXT + TEXT &&
      decode(format, two.subarray(0, -1), two.length) === 'truncated' &&
      decode(format, damaged, two.length) === 'malformed'
    );
  } catch {
    return false;
  }
}

/** The decoded text, or the code of the error. */
function decode(format: 'gzip' | 'zstd', bytes: Uint8Array, step: number): string {
  const text: string[] = [];
  const decoder = createNativeDecoder(format, 'self-test');
  const keep = (chunks: Iterable<Uint8Array>) => {
    for (const chunk of chunks) text.push(Buffer.from(chunk).toString('latin1'));
  };
  try {
    for (let at = 0; at < bytes.length; at += step) keep(decoder.push(bytes.subarray(at, at + step)));
    keep(decoder.end());
    return text.join('');
  } catch (fault) {
    if (fault instanceof VarveError) return fault.code;
    throw fault;
  } finally {
    decoder.close();
  }
}
