import type { createGunzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { CodecFault } from './decode-fault.ts';
import { DECODED_CHUNK_BYTES } from './format.ts';

/**
 * The one place that reaches behind node:zlib's public face. Its streams wrap a native handle whose `writeSync`
 * works in this thread, out of and into the caller's buffers, with no stream, promise or allocation a chunk.
 */
interface NativeHandle {
  onerror: (message: string, errno: number, code: string) => void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
}

const NOTHING = new Uint8Array(0);
/** The flush flag of zlib, and of zstd too, that asks for nothing. */
const GO_ON = 0;

type ZlibStream =
  | ReturnType<typeof createGunzip>
  | ReturnType<typeof createZstdDecompress>
  | ReturnType<typeof createZstdCompress>;

export interface NativeCodecOptions {
  /** A new stream, to be used here alone. */
  readonly stream: ZlibStream;
  /** The flush flag that ends a stream of this kind. */
  readonly finish: number;
  /** Makes the error to throw of what the codec says is wrong. */
  readonly fault: (fault: CodecFault) => Error;
}

/** Inflates or compresses synchronously, into one buffer that is handed out each time that it is full. */
export class NativeCodec {
  readonly #options: NativeCodecOptions;
  readonly #handle: NativeHandle;
  /** Set by each write: output bytes left free, input bytes left over. */
  readonly #left: Uint32Array;
  readonly #output = Buffer.allocUnsafeSlow(DECODED_CHUNK_BYTES);
  #filled = 0;
  #fault: CodecFault | null = null;

  /** @throws TypeError when the zlib streams of this Node are made otherwise. */
  constructor(options: NativeCodecOptions) {
    this.#options = options;
    const { stream } = options;
    const handle: unknown = Reflect.get(stream, '_handle');
    const left: unknown = Reflect.get(stream, '_writeState');
    if (!isNativeHandle(handle) || !(left instanceof Uint32Array) || left.length !== 2) {
      stream.destroy();
      throw new TypeError('the zlib streams of this Node have no synchronous handle');
    }
    // What stands here destroys the stream with an error that nobody listens for, and so ends the process.
    handle.onerror = (message, _errno, code) => {
      this.#fault = { code, message };
    };
    this.#handle = handle;
    this.#left = left;
  }

  /**
   * Takes `bytes` from `from` to `to`.
   * @returns how far it came: less than `to` when a compressed stream is complete and does not go on there.
   */
  write(bytes: Uint8Array, from: number, to: number): Generator<Uint8Array, number> {
    return this.#run(GO_ON, bytes, from, to);
  }

  /** Hands out the rest. Without this last write a stream that was cut off would pass for complete. */
  *finish(): Generator<Uint8Array> {
    yield* this.#run(this.#options.finish, NOTHING, 0, 0);
    if (this.#filled > 0) yield this.#output.subarray(0, this.#filled);
  }

  close(): void {
    this.#options.stream.destroy();
  }

  *#run(flush: number, bytes: Uint8Array, from: number, to: number): Generator<Uint8Array, number> {
    for (let at = from; ; ) {
      const room = DECODED_CHUNK_BYTES - this.#filled;
      this.#handle.writeSync(flush, bytes, at, to - at, this.#output, this.#filled, room);
      if (this.#fault !== null) throw this.#options.fault(this.#fault);
      const [free = 0, over = 0] = this.#left;
      // Node ends the process when it is given places outside of the buffers: never pass on such numbers.
      if (free > room || over > to - at)
        throw new TypeError('the zlib streams of this Node report other things');
      at = to - over;
      // Room that is left over means that nothing more is to come from this input.
      if (free > 0) {
        this.#filled = DECODED_CHUNK_BYTES - free;
        return at;
      }
      this.#filled = 0;
      yield this.#output;
    }
  }
}

function isNativeHandle(value: unknown): value is NativeHandle {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'writeSync') === 'function' &&
    typeof Reflect.get(value, 'onerror') === 'function'
  );
}
