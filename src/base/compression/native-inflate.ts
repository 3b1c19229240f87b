import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { type CodecFault, decodeFault } from './decode-fault.ts';
import { type ByteSink, DECODED_CHUNK_BYTES } from './decoder.ts';

/**
 * The one place that reaches behind node:zlib's public face. Its objects wrap a native handle whose `writeSync`
 * inflates in this thread, from and into buffers of the caller's, with no stream, promise or allocation a chunk.
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

/** Inflates synchronously through the native handle of a zlib object. */
export class NativeInflate {
  readonly #format: 'gzip' | 'zstd';
  readonly #sink: ByteSink;
  readonly #object: string;
  readonly #stream: { destroy(): unknown };
  readonly #handle: NativeHandle;
  /** After each write: the output bytes left free, and the input bytes left over. */
  readonly #left: Uint32Array;
  readonly #output = Buffer.allocUnsafeSlow(DECODED_CHUNK_BYTES);
  #filled = 0;
  #fault: CodecFault | null = null;

  /** @throws TypeError when this Node's zlib objects are built otherwise. */
  constructor(format: 'gzip' | 'zstd', sink: ByteSink, object: string) {
    this.#format = format;
    this.#sink = sink;
    this.#object = object;
    const stream = format === 'gzip' ? createGunzip() : createZstdDecompress();
    const handle: unknown = Reflect.get(stream, '_handle');
    const left: unknown = Reflect.get(stream, '_writeState');
    if (!isNativeHandle(handle) || !(left instanceof Uint32Array) || left.length !== 2) {
      stream.destroy();
      throw new TypeError('the zlib objects of this Node have no synchronous handle');
    }
    // The handler that stands here destroys the stream with an error nobody listens for, which ends the process.
    handle.onerror = (message, _errno, code) => {
      this.#fault = { code, message };
    };
    this.#stream = stream;
    this.#handle = handle;
    this.#left = left;
  }

  /**
   * Inflates `bytes` from `from` to `to`.
   * @returns how far it came: less than `to` when the stream is complete and the rest does not belong to it.
   */
  write(bytes: Uint8Array, from: number, to: number): number {
    return this.#run(
      this.#format === 'gzip' ? constants.Z_NO_FLUSH : constants.ZSTD_e_continue,
      bytes,
      from,
      to,
    );
  }

  /** Hands out what is left. Without this last write a stream that was cut off would pass for complete. */
  finish(): void {
    this.#run(this.#format === 'gzip' ? constants.Z_FINISH : constants.ZSTD_e_end, NOTHING, 0, 0);
    this.#flush();
  }

  close(): void {
    this.#stream.destroy();
  }

  #run(flush: number, bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    let free: number;
    do {
      const room = DECODED_CHUNK_BYTES - this.#filled;
      this.#handle.writeSync(flush, bytes, at, to - at, this.#output, this.#filled, room);
      if (this.#fault !== null) throw decodeFault(this.#object, this.#format, this.#fault);
      free = this.#left[0] ?? 0;
      at = to - (this.#left[1] ?? 0);
      this.#filled = DECODED_CHUNK_BYTES - free;
      if (free === 0) this.#flush();
    } while (free === 0);
    return at;
  }

  #flush(): void {
    const filled = this.#filled;
    this.#filled = 0;
    if (filled > 0)
      this.#sink(filled === DECODED_CHUNK_BYTES ? this.#output : this.#output.subarray(0, filled));
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
