import { zstdDecompressSync } from 'node:zlib';
import type { ChunkTransform } from '../byte-source.ts';
import { VarveError } from '../errors.ts';
import type { CompressionFormat } from './format.ts';
import { createNativeCompressor } from './native-compressor.ts';
import { createNativeDecoder } from './native-decoder.ts';

const TEXT = 'a lake lays down a layer a year; '.repeat(4);
/** The text above, each time with a checksum. */
const COMPRESSED = {
  gzip: 'H4sIAAAAAAACA0tUyEnMTlXISawsVkjJL89TSASxU4sUEhUqUxOLrMF8GisAADEVQhWEAAAA',
  zstd: 'KLUv/SSELQEAEgIHDNAdA9qJJJwWGCgyWwPG7DHORh2bnpwb9VDUEQEAASRVT+4BJzk=',
} as const;
/** More than all that can rightly come out of a trial. */
const TOO_MUCH = 1000;

const decoderWorks = new Map<CompressionFormat, boolean>();
let compressorWorks: boolean | null = null;

/**
 * Tells, by trying it once in this thread, whether the native decoder does on this Node what it must.
 * @param format every one when left out.
 */
export function nativeDecoderWorks(format?: CompressionFormat): boolean {
  if (format === undefined) return nativeDecoderWorks('gzip') && nativeDecoderWorks('zstd');
  const works = decoderWorks.get(format) ?? (format === 'none' || passes(() => decodes(format)));
  decoderWorks.set(format, works);
  return works;
}

/** The same of the native compressor. */
export function nativeCompressorWorks(): boolean {
  compressorWorks ??= passes(compresses);
  return compressorWorks;
}

function passes(trial: () => boolean): boolean {
  try {
    return trial();
  } catch {
    return false;
  }
}

/** Tries two members or frames, whole and in pieces; then what is cut short; then what is damaged. */
function decodes(format: 'gzip' | 'zstd'): boolean {
  const one = Buffer.from(COMPRESSED[format], 'base64');
  const two = Buffer.concat([one, one]);
  const damaged = Buffer.from(two);
  damaged.fill(0xff, one.length - 16, one.length - 8);
  const decoded = (bytes: Buffer, step: number) =>
    run(createNativeDecoder(format, 'trial'), bytes, step).toString();
  return (
    decoded(two, two.length) === TEXT + TEXT &&
    decoded(two, 7) === TEXT + TEXT &&
    codeOf(() => decoded(two.subarray(0, -1), two.length)) === 'truncated' &&
    codeOf(() => decoded(damaged, two.length)) === 'malformed'
  );
}

function compresses(): boolean {
  const compressed = run(createNativeCompressor(), Buffer.from(TEXT), 50);
  return compressed.length < TEXT.length && zstdDecompressSync(compressed).toString() === TEXT;
}

function run(transform: ChunkTransform, bytes: Buffer, step: number): Buffer {
  const found: Buffer[] = [];
  const keep = (chunks: Iterable<Uint8Array>) => {
    for (const chunk of chunks) {
      if (chunk.length > TOO_MUCH) throw new TypeError('more comes out than went in');
      found.push(Buffer.from(chunk));
    }
  };
  try {
    for (let at = 0; at < bytes.length; at += step) keep(transform.push(bytes.subarray(at, at + step)));
    keep(transform.end());
    return Buffer.concat(found);
  } finally {
    transform.close();
  }
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'none';
  } catch (fault) {
    if (fault instanceof VarveError) return fault.code;
    throw fault;
  }
}
