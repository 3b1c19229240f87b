import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { type CodecFault, decodeFault } from './decode-fault.ts';
import { DECODED_CHUNK_BYTES } from './format.ts';

/**
 * The one place that reaches behind node:zlib's public face. Its streams wrap a native handle whose `writeSync`
 * inflates in this thread, out of and into the caller's buffers, with no stream, promise or allocation a chunk.
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

/** Inflates synchronously, into one buffer that is handed out each time that it is full. */
export class NativeInflate {
  readonly #format: 'gzip' | 'zstd';
  readonly #object: string;
  readonly #stream: { destroy(): unknown };
  readonly #handle: NativeHandle;
  /** Set by each write: output bytes left free, input bytes left over. */
  readonly #left: Uint32Array;
  readonly #output = Buffer.allocUnsafeSlow(DECODED_CHUNK_BYTES);
  #filled = 0;
  #fault: CodecFault | null = null;

  /** @throws TypeError when the zlib streams of this Node are made otherwise. */
  constructor(format: 'gzip' | 'zstd', object: string) {
    this.#format = format;
    this.#object = object;
    const stream = format === 'gzip' ? createGunzip() : createZstdDecompress();
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
    this.#stream = stream;
    this.#handle = handle;
    this.#left = left;
  }

  /**
   * Inflates `bytes` from `from` to `to`.
   * @returns how far it came: less than `to` when the stream is complete and does not go on there.
   */
  write(bytes: Uint8Array, from: number, to: number): Generator<Uint8Array, number> {
    return this.#run(
      this.#format === 'gzip' ? constants.Z_NO_FLUSH : constants.ZSTD_e_continue,
      bytes,
      from,
      to,
    );
  }

  /** Hands out the rest. Without this last write a stream that was cut off would pass for complete. */
  *finish(): Generator<Uint8Array> {
    yield* this.#run(this.#format === 'gzip' ? constants.Z_FINISH : constants.ZSTD_e_end, NOTHING, 0, 0);
    if (this.#filled > 0) yield this.#output.subarray(0, this.#filled);
  }

  close(): void {
    this.#stream.destroy();
  }

  *#run(flush: number, bytes: Uint8Array, from: number, to: number): Generator<Uint8Array, number> {
    for (let at = from; ; ) {
      const room = DECODED_CHUNK_BYTES - this.#filled;
      this.#handle.writeSync(flush, bytes, at, to - at, this.#output, this.#filled, room);
      if (this.#fault !== null) throw decodeFault(this.#object, this.#format, this.#fault);
      const [free = 0, over = 0] = this.#left;
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
