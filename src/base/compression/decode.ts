import { type ByteSource, type ChunkTransform, transformed } from '../byte-source.ts';
import { type CodecEngine, type CompressionFormat, SNIFF_BYTES, sniff } from './format.ts';
import type { InflateThreads } from './inflate-threads.ts';
import { nativeDecoderWorks } from './native-check.ts';
import { createNativeDecoder } from './native-decoder.ts';
import { decodeOnStreams } from './public-decoder.ts';

export interface DecodeOptions {
  /** What is being decoded, for errors: a path, a digest. */
  readonly object: string;
  /** If left out, the first bytes tell. */
  readonly format?: CompressionFormat;
  /** Is told the format before the first decoded byte comes. */
  readonly onFormat?: (format: CompressionFormat) => void;
  /** `auto` when left out. */
  readonly engine?: CodecEngine;
  /** Where the native engine shall inflate, if not in the calling thread: worth it for large streams. */
  readonly threads?: InflateThreads;
}

/**
 * The decoded bytes of a source, whole: all members or frames, and an error unless the stream is complete and nothing
 * but zero padding (gzip) or skippable frames (zstd) comes with it. From a synchronous source, with the native engine,
 * they are synchronous too. At most 128 MiB of memory are used (a zstd frame's window), usually less than 1.
 * Reading it throws VarveError `truncated`, `malformed`, or `unsupported` for a zstd frame that wants a dictionary or
 * a larger window; and what the source throws.
 */
export function decode(source: ByteSource, options: DecodeOptions): ByteSource {
  const { engine = 'auto', threads, format } = options;
  const native = engine === 'native' || (engine === 'auto' && nativeDecoderWorks(format));
  const sniffable = transformed(source, new HeadGatherer());
  if (!native) return decodeSniffed(sniffable, options, decodeOnStreams);
  if (threads === undefined) return transformed(sniffable, new SniffedDecoder(options));
  return decodeSniffed(sniffable, options, (format, chunks, object) =>
    format === 'none' ? chunks : threads.decode(format, chunks, object),
  );
}

/** Decodes what is known to have a format. */
type FormatDecoder = (
  format: CompressionFormat,
  source: AsyncIterable<Uint8Array>,
  object: string,
) => AsyncIterable<Uint8Array>;

/** Makes the first chunk long enough to be sniffed, where there are enough bytes. */
class HeadGatherer implements ChunkTransform {
  #head: Uint8Array | null = new Uint8Array(0);

  push(chunk: Uint8Array): Iterable<Uint8Array> {
    if (this.#head === null) return [chunk];
    if (this.#head.length + chunk.length < SNIFF_BYTES) {
      this.#head = Buffer.concat([this.#head, chunk]);
      return [];
    }
    const first = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    this.#head = null;
    return [first];
  }

  end(): Iterable<Uint8Array> {
    return this.#head === null ? [] : [this.#head];
  }

  close(): void {}
}

/** The native decoder for what the first chunk turns out to be. */
class SniffedDecoder implements ChunkTransform {
  readonly #options: DecodeOptions;
  #decoder: ChunkTransform | null = null;

  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  push(chunk: Uint8Array): Iterable<Uint8Array> {
    this.#decoder ??= createNativeDecoder(settleFormat(chunk, this.#options), this.#options.object);
    return this.#decoder.push(chunk);
  }

  end(): Iterable<Uint8Array> {
    return this.#decoder?.end() ?? [];
  }

  close(): void {
    this.#decoder?.close();
  }
}

async function* decodeSniffed(
  source: ByteSource,
  options: DecodeOptions,
  decodeFormat: FormatDecoder,
): AsyncGenerator<Uint8Array> {
  const chunks = inTurn(source);
  try {
    const first = await chunks.next();
    if (first.done) return;
    yield* decodeFormat(settleFormat(first.value, options), resumed(first.value, chunks), options.object);
  } finally {
    await chunks.return(undefined);
  }
}

async function* inTurn(source: ByteSource): AsyncGenerator<Uint8Array, undefined> {
  yield* source;
}

async function* resumed(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

function settleFormat(
  head: Uint8Array,
  { format = sniff(head), onFormat }: DecodeOptions,
): CompressionFormat {
  onFormat?.(format);
  return format;
}
