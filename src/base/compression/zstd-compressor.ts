import { constants, createZstdCompress, zstdCompressSync } from 'node:zlib';
import type { ChunkTransform } from '../byte-source.ts';
import { VarveError } from '../errors.ts';
import type { CodecEngine } from './format.ts';
import { nativeCompressorWorks } from './native-check.ts';
import { NativeCodec } from './native-codec.ts';

/**
 * Compresses to one zstd frame of level 1. Its chunks are valid until the next is asked for. The compressed bytes
 * depend on engine and version, what they hold does not: name things by the digest of that.
 * Memory does not grow with the input, but for the `public` engine, which compresses all of it at the end.
 */
export function createZstdCompressor(engine: CodecEngine = 'auto'): ChunkTransform {
  const native = engine === 'native' || (engine === 'auto' && nativeCompressorWorks());
  return native ? createNativeCompressor() : gatherAndCompress();
}

/** Node documents no synchronous compression but that of whole buffers. */
function gatherAndCompress(): ChunkTransform {
  const chunks: Buffer[] = [];
  return {
    push(chunk) {
      chunks.push(Buffer.from(chunk));
      return [];
    },
    end: () => [zstdCompressSync(Buffer.concat(chunks), FASTEST)],
    close() {},
  };
}

/** zstd's fastest level: on inventories it beats higher ones in size too. */
export const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } } as const;

/**
 * The compressor to one zstd frame that works inside its calls, in the thread of its caller.
 * @throws TypeError where `nativeCompressorWorks` is false.
 */
export function createNativeCompressor(): ChunkTransform {
  const codec = new NativeCodec({
    stream: createZstdCompress(FASTEST),
    finish: constants.ZSTD_e_end,
    fault: ({ message }) => new VarveError('internal', `zstd could not compress: ${message}`),
  });
  return {
    *push(chunk) {
      for (let at = 0; at < chunk.length; ) at = yield* codec.write(chunk, at, chunk.length);
    },
    end: () => codec.finish(),
    close: () => codec.close(),
  };
}
