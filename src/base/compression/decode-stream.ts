import type { AsyncDecoder, ByteSink, Decoder, DecoderOptions } from './decoder.ts';
import { type CompressionFormat, SNIFF_BYTES, sniff } from './format.ts';
import { nativeDecoderWorks } from './native-check.ts';
import { createNativeDecoder } from './native-decoder.ts';
import { createPublicDecoder } from './public-decoder.ts';

/**
 * Which code inflates. `native` works synchronously in the calling thread; `public` uses documented interfaces only;
 * `auto` is `native` where it works on this Node.
 */
export type InflateEngine = 'auto' | 'native' | 'public';

/** Bytes in chunks. A chunk is done with before the next is asked for, so that its memory may be used again. */
export type ByteSource = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface DecodeOptions {
  /** What is being decoded, for errors: a path, a digest. */
  readonly object: string;
  /** Left out, it is told by the first bytes. */
  readonly format?: CompressionFormat;
  readonly engine?: InflateEngine;
}

/**
 * Reads a source to its end and hands the decoded bytes to the sink, in chunks of up to 256 KiB that are valid during
 * the call only. With a synchronous source and the native engine nothing waits between the first byte and the last.
 * @returns the compression that was found.
 * @throws VarveError `truncated`, `malformed`, `unsupported`; and whatever source or sink throw.
 */
export async function decodeStream(
  source: ByteSource,
  sink: ByteSink,
  options: DecodeOptions,
): Promise<CompressionFormat> {
  const decoding = new Decoding(sink, options);
  try {
    if (Symbol.iterator in source) {
      for (const chunk of source) {
        const wait = decoding.push(chunk);
        if (wait !== undefined) await wait;
      }
    } else {
      for await (const chunk of source) await decoding.push(chunk);
    }
    return await decoding.end();
  } finally {
    decoding.close();
  }
}

/** The decoder for a format. */
function createDecoder(options: DecoderOptions, engine: InflateEngine): Decoder | AsyncDecoder {
  const native = engine === 'native' || (engine === 'auto' && nativeDecoderWorks());
  return native ? createNativeDecoder(options) : createPublicDecoder(options);
}

/** Holds back the first bytes until they tell the format, then decodes. */
class Decoding {
  readonly #sink: ByteSink;
  readonly #options: DecodeOptions;
  #head = new Uint8Array(0);
  #format: CompressionFormat = 'none';
  #decoder: Decoder | AsyncDecoder | null = null;

  constructor(sink: ByteSink, options: DecodeOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  push(chunk: Uint8Array): Promise<void> | void {
    if (this.#decoder !== null) return this.#decoder.push(chunk);
    if (this.#head.length === 0 && chunk.length >= SNIFF_BYTES) return this.#start(chunk).push(chunk);
    this.#head = Uint8Array.from([...this.#head, ...chunk]);
    if (this.#head.length >= SNIFF_BYTES) return this.#start(this.#head).push(this.#head);
  }

  async end(): Promise<CompressionFormat> {
    const decoder = this.#decoder ?? this.#start(this.#head);
    if (this.#head.length > 0 && this.#head.length < SNIFF_BYTES) await decoder.push(this.#head);
    await decoder.end();
    return this.#format;
  }

  close(): void {
    this.#decoder?.close();
  }

  #start(head: Uint8Array): Decoder | AsyncDecoder {
    const { object, format = sniff(head), engine = 'auto' } = this.#options;
    this.#format = format;
    this.#decoder = createDecoder({ format, sink: this.#sink, object }, engine);
    return this.#decoder;
  }
}
