import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/base/compression/decode.ts';
import { ForwardReader } from '../../../src/base/forward-reader.ts';
import { inReusedBuffer, later, sampleBytes, zstdChunked } from '../../support/compressed-streams.ts';

const CONTENT = sampleBytes(5_000);

async function taken(range: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of range) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

describe('reading a source forwards', () => {
  it('gives exactly the bytes of ranges in ascending order, from one pass', async () => {
    const ascending = fc.array(fc.nat(CONTENT.length), { minLength: 2, maxLength: 12 }).map((places) => {
      const sorted = places.sort((a, b) => a - b);
      return Array.from(
        { length: sorted.length >> 1 },
        (_, i) => [sorted[2 * i] ?? 0, sorted[2 * i + 1] ?? 0] as const,
      );
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(ascending, sizes, fc.boolean(), async (ranges, cuts, isLater) => {
        const chunks = inReusedBuffer(CONTENT, cuts);
        await using reader = new ForwardReader(isLater ? later(chunks) : chunks, 'archive');
        for (const [from, to] of ranges) {
          const bytes = await taken(reader.range(from, to - from));
          expect(bytes.equals(CONTENT.subarray(from, to))).toBe(true);
          expect(reader.position).toBe(Math.max(to, reader.position));
        }
      }),
    );
  });

  it.each([
    ['gzip', gzipSync(CONTENT)],
    ['zstd', zstdChunked(CONTENT, 20)],
  ] as const)('gives ranges of what a %s stream holds', async (format, stream) => {
    for (const engine of ['native', 'public'] as const) {
      const source = decode(inReusedBuffer(stream, [100]), { object: 'archive', format, engine });
      await using reader = new ForwardReader(source, 'archive');
      for (const [from, to] of [
        [10, 20],
        [20, 2_000],
        [4_990, 5_000],
      ] as const) {
        expect((await taken(reader.range(from, to - from))).equals(CONTENT.subarray(from, to))).toBe(true);
      }
    }
  });

  it('asks for no more than it needs, and closes the source', async () => {
    let asked = 0;
    let closed = false;
    const source = function* () {
      try {
        for (let at = 0; at < CONTENT.length; at += 1_000) {
          asked++;
          yield CONTENT.subarray(at, at + 1_000);
        }
      } finally {
        closed = true;
      }
    };
    {
      await using reader = new ForwardReader(source(), 'archive');
      await taken(reader.range(1_500, 500));
      await taken(reader.range(2_000, 0));
    }
    expect([asked, closed]).toEqual([2, true]);
  });

  it('is truncated when the source ends before the range', async () => {
    for (const [offset, length] of [
      [4_999, 2],
      [6_000, 1],
      [6_000, 0],
    ] as const) {
      await using reader = new ForwardReader(inReusedBuffer(CONTENT, [1_000]), 'archive');
      await expect(taken(reader.range(offset, length))).rejects.toMatchObject({
        code: 'truncated',
        object: 'archive',
        message: expect.stringContaining('ends at byte 5000'),
      });
    }
  });

  it('does not go back', async () => {
    await using reader = new ForwardReader([CONTENT], 'archive');
    await taken(reader.range(10, 10));
    await expect(taken(reader.range(19, 1))).rejects.toMatchObject({ code: 'internal' });
  });

  it('goes on behind a range that was given up', async () => {
    await using reader = new ForwardReader(inReusedBuffer(CONTENT, [100]), 'archive');
    for await (const _ of reader.range(0, 1_000)) break;
    expect((await taken(reader.range(1_000, 50))).equals(CONTENT.subarray(1_000, 1_050))).toBe(true);
  });

  it('lets the faults of the source through', async () => {
    const fault = new Error('gone');
    const source = function* (): Generator<Uint8Array> {
      yield CONTENT;
      throw fault;
    };
    await using reader = new ForwardReader(source(), 'archive');
    await expect(taken(reader.range(0, 6_000))).rejects.toBe(fault);
  });
});
