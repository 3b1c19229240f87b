import type { CompressionFormat } from './format.ts';

/** Takes decoded bytes. The chunk is valid during the call only: its memory is used again. */
export type ByteSink = (chunk: Uint8Array) => void;

/** Size in bytes of the buffer that decoded bytes are handed out in. */
export const DECODED_CHUNK_BYTES = 256 * 1024;

/**
 * A push machine: compressed bytes in, decoded bytes out to its sink, in chunks of 256 KiB but for the last.
 * After an error, and after `end`, it is of no further use.
 */
export interface Decoder {
  /**
   * Takes the next bytes; they may be changed again once the call returns. What the sink throws comes through.
   * @throws VarveError `malformed` for bytes that the format does not allow; `unsupported` for a zstd frame that
   * wants a dictionary or a window over 128 MiB.
   */
  push(bytes: Uint8Array): void;
  /** Hands out what is left. @throws VarveError `truncated` when the stream is not complete. */
  end(): void;
  /** Frees the memory outside of the heap; may be called at any time, and again. */
  close(): void;
}

/** The same machine where decoding happens outside of the thread: the next call must await the one before. */
export interface AsyncDecoder {
  push(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
  close(): void;
}

export interface DecoderOptions {
  readonly format: CompressionFormat;
  readonly sink: ByteSink;
  /** What is being decoded, for errors: a path, a digest. */
  readonly object: string;
}
