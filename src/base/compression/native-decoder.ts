import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import type { ChunkTransform } from '../byte-source.ts';
import { decodeFault, malformedStream, truncatedStream } from './decode-fault.ts';
import type { CompressionFormat } from './format.ts';
import { NativeCodec } from './native-codec.ts';
import { ZstdFrames } from './zstd-frames.ts';

/**
 * The decoder that works inside its calls, in the thread of its caller.
 * @param object is what is decoded, for errors.
 * @throws TypeError where `nativeDecoderWorks` is false.
 */
export function createNativeDecoder(format: CompressionFormat, object: string): ChunkTransform {
  switch (format) {
    case 'gzip':
      return new GzipDecoder(object);
    case 'zstd':
      return new ZstdDecoder(object);
    case 'none':
      return { push: (chunk) => [chunk], end: () => [], close() {} };
  }
}

/** Reads all members of a gzip stream, and zero padding after the last. */
class GzipDecoder implements ChunkTransform {
  readonly #object: string;
  readonly #inflate: NativeCodec;
  #padding = false;

  constructor(object: string) {
    this.#object = object;
    this.#inflate = new NativeCodec({
      stream: createGunzip(),
      finish: constants.Z_FINISH,
      fault: (fault) => decodeFault(object, 'gzip', fault),
    });
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    const at = this.#padding ? 0 : yield* this.#inflate.write(chunk, 0, chunk.length);
    if (at === chunk.length) return;
    this.#padding = true;
    if (chunk.subarray(at).some((byte) => byte !== 0)) {
      throw malformedStream(this.#object, 'gzip', 'other bytes follow its zero padding');
    }
  }

  end(): Generator<Uint8Array> {
    return this.#inflate.finish();
  }

  close(): void {
    this.#inflate.close();
  }
}

/** Reads all frames of a zstd stream and passes over the skippable ones. */
class ZstdDecoder implements ChunkTransform {
  readonly #object: string;
  readonly #inflate: NativeCodec;
  readonly #frames: ZstdFrames;
  #started = false;

  constructor(object: string) {
    this.#object = object;
    this.#inflate = new NativeCodec({
      stream: createZstdDecompress(),
      finish: constants.ZSTD_e_end,
      fault: (fault) => decodeFault(object, 'zstd', fault),
    });
    this.#frames = new ZstdFrames(object);
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < chunk.length; ) {
      const to = this.#frames.advance(chunk, at);
      if (!this.#frames.skippable) {
        this.#started = true;
        const reached = yield* this.#inflate.write(chunk, at, to);
        if (reached < to) throw malformedStream(this.#object, 'zstd', 'a frame goes on after its end');
      }
      at = to;
    }
  }

  *end(): Generator<Uint8Array> {
    if (!this.#frames.complete) throw truncatedStream(this.#object, 'zstd');
    if (this.#started) yield* this.#inflate.finish();
  }

  close(): void {
    this.#inflate.close();
  }
}
