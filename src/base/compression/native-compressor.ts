import { constants, createZstdCompress } from 'node:zlib';
import type { ChunkTransform } from '../byte-source.ts';
import { VarveError } from '../errors.ts';
import { NativeCodec } from './native-codec.ts';

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
