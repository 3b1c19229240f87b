import { zstdCompressSync } from 'node:zlib';
import type { ChunkTransform } from '../byte-source.ts';
import type { CodecEngine } from './format.ts';
import { nativeCompressorWorks } from './native-check.ts';
import { createNativeCompressor, FASTEST } from './native-compressor.ts';

/**
 * Compresses to one zstd frame of level 1. Its chunks are valid until the next is asked for. The compressed bytes
 * depend on engine and version, what they hold does not: name things by the digest of that.
 * Memory does not grow with the input, except in the `public` engine, which compresses all of it at the end.
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
