import { malformedStream, truncatedStream } from './decode-fault.ts';
import type { Decoder, DecoderOptions } from './decoder.ts';
import { NativeInflate } from './native-inflate.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** The decoder that works wholly inside its calls. @throws TypeError where `nativeInflateWorks` is false. */
export function createNativeDecoder(options: DecoderOptions): Decoder {
  if (options.format === 'gzip') return new GzipDecoder(options);
  if (options.format === 'zstd') return new ZstdDecoder(options);
  return { push: (bytes) => options.sink(bytes), end() {}, close() {} };
}

/** Reads all members of a gzip stream, and zero padding after the last. */
class GzipDecoder implements Decoder {
  readonly #object: string;
  readonly #inflate: NativeInflate;
  #padding = false;

  constructor({ sink, object }: DecoderOptions) {
    this.#object = object;
    this.#inflate = new NativeInflate('gzip', sink, object);
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    if (!this.#padding) {
      at = this.#inflate.write(bytes, 0, bytes.length);
      this.#padding = at < bytes.length;
    }
    for (; at < bytes.length; at++) {
      if (bytes[at] !== 0) throw malformedStream(this.#object, 'gzip', 'other bytes follow its zero padding');
    }
  }

  end(): void {
    this.#inflate.finish();
  }

  close(): void {
    this.#inflate.close();
  }
}

/** Reads all frames of a zstd stream and passes over the skippable ones. */
class ZstdDecoder implements Decoder {
  readonly #object: string;
  readonly #inflate: NativeInflate;
  readonly #frames: ZstdFrames;
  #started = false;

  constructor({ sink, object }: DecoderOptions) {
    this.#object = object;
    this.#inflate = new NativeInflate('zstd', sink, object);
    this.#frames = new ZstdFrames(object);
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const to = this.#frames.advance(bytes, at);
      if (!this.#frames.skippable) {
        this.#started = true;
        const reached = this.#inflate.write(bytes, at, to);
        if (reached < to) throw malformedStream(this.#object, 'zstd', 'a frame goes on after its end');
      }
      at = to;
    }
  }

  end(): void {
    if (!this.#frames.betweenFrames) throw truncatedStream(this.#object, 'zstd');
    if (this.#started) this.#inflate.finish();
  }

  close(): void {
    this.#inflate.close();
  }
}
