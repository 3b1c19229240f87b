import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteSource, transformed } from '../../../../src/base/byte-source.ts';
import { createZstdCompressor } from '../../../../src/base/compression/zstd-compressor.ts';
import { ZstdFrames } from '../../../../src/base/compression/zstd-frames.ts';
import { inReusedBuffer, sampleBytes } from '../../../support/compressed-streams.ts';

async function whole(source: ByteSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function framesIn(stream: Buffer): number {
  const frames = new ZstdFrames('stream');
  let count = 0;
  for (let at = 0; at < stream.length; count++) at = frames.advance(stream, at);
  expect(frames.complete).toBe(true);
  return count;
}

describe.each(['native', 'public', 'auto'] as const)('compressing with the %s engine', (engine) => {
  it('gives one frame that holds the bytes, whatever chunks they come in', async () => {
    const content = sampleBytes(5000);
    const sizes = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: content.length }), sizes, async (length, cuts) => {
        const bytes = content.subarray(0, length);
        const compressed = await whole(
          transformed(inReusedBuffer(bytes, cuts), createZstdCompressor(engine)),
        );
        expect(framesIn(compressed)).toBe(1);
        expect(zstdDecompressSync(compressed).equals(bytes)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('compresses what is larger than its buffers, and what does not compress', async () => {
    const incompressible = Buffer.alloc(1_000_000);
    for (let i = 0; i < incompressible.length; i += 4)
      incompressible.writeInt32LE(Math.imul(i + 77, 2654435761) ^ (i << 7), i);
    for (const content of [sampleBytes(3_000_000), incompressible, Buffer.alloc(5_000_000)]) {
      const compressed = await whole(
        transformed(inReusedBuffer(content, [256 * 1024]), createZstdCompressor(engine)),
      );
      expect(framesIn(compressed)).toBe(1);
      expect(zstdDecompressSync(compressed).equals(content)).toBe(true);
    }
  });
});
