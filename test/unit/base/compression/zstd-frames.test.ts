import { constants, createZstdCompress } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrameHeader } from '../../../../src/base/compression/zstd-frame-header.ts';
import { ZstdFrames } from '../../../../src/base/compression/zstd-frames.ts';
import {
  rawZstdFrame,
  sampleBytes,
  skippableFrame,
  zstdBlock,
  zstdFrame,
} from '../../../support/compressed-streams.ts';

/** Ends of the frames in a stream that comes in chunks of the given sizes; skippable ones are negative. */
function frameEnds(stream: Buffer, sizes: readonly number[]): { ends: number[]; complete: boolean } {
  const frames = new ZstdFrames('stream');
  const ends: number[] = [];
  for (let from = 0, i = 0; from < stream.length; i++) {
    const to = Math.min(stream.length, from + (sizes[i % sizes.length] ?? 1));
    const chunk = stream.subarray(from, to);
    for (let at = 0; at < chunk.length; ) {
      at = frames.advance(chunk, at);
      if (frames.betweenFrames) ends.push(frames.skippable ? -(from + at) : from + at);
    }
    from = to;
  }
  return { ends, complete: frames.complete };
}

const PARTS: readonly { readonly bytes: Buffer; readonly skippable: boolean }[] = [
  { bytes: zstdFrame(''), skippable: false },
  { bytes: zstdFrame('a', { checksum: true }), skippable: false },
  { bytes: zstdFrame(sampleBytes(300)), skippable: false },
  { bytes: zstdFrame(sampleBytes(70_000), { checksum: true }), skippable: false },
  { bytes: zstdFrame(sampleBytes(400_000)), skippable: false },
  { bytes: skippableFrame(''), skippable: true },
  { bytes: skippableFrame(zstdFrame('inside'), 9), skippable: true },
  {
    bytes: rawZstdFrame({ descriptor: 0, header: [0], blocks: [zstdBlock(1, 'r', true, 900)] }),
    skippable: false,
  },
  {
    bytes: rawZstdFrame({ descriptor: 4, header: [0], blocks: [zstdBlock(0, '', true), Buffer.alloc(4)] }),
    skippable: false,
  },
];

describe('the frames of a zstd stream', () => {
  it('are found where they were put, whatever chunks it comes in', () => {
    const parts = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 8 });
    const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, sizes, (chosen, cuts) => {
        let end = 0;
        const expected = chosen.map(({ bytes, skippable }) => {
          end += bytes.length;
          return skippable ? -end : end;
        });
        const stream = Buffer.concat(chosen.map(({ bytes }) => bytes));
        expect(frameEnds(stream, cuts)).toEqual({ ends: expected, complete: true });
      }),
    );
  });

  it('are not complete before the first, nor inside of one', () => {
    expect(new ZstdFrames('stream').complete).toBe(false);
    for (const { bytes } of PARTS.slice(0, 3)) {
      for (let length = 1; length < bytes.length; length++) {
        expect(frameEnds(bytes.subarray(0, length), [length])).toEqual({ ends: [], complete: false });
      }
    }
  });
});

describe('a frame header', () => {
  it.each([
    [[0x00, 0x00], { windowBytes: 1024, dictionaryId: 0, hasChecksum: false }],
    [[0x04, 0x07], { windowBytes: 1920, dictionaryId: 0, hasChecksum: true }],
    [[0x00, 0xff], { windowBytes: 2 ** 41 * 1.875, dictionaryId: 0, hasChecksum: false }],
    [[0x20, 0x05], { windowBytes: 5, dictionaryId: 0, hasChecksum: false }],
    [[0x60, 0x01, 0x02], { windowBytes: 0x0201 + 256, dictionaryId: 0, hasChecksum: false }],
    [[0xa0, 0, 0, 0, 0x80], { windowBytes: 2 ** 31, dictionaryId: 0, hasChecksum: false }],
    [[0xe0, 0, 0, 0, 0, 1, 0, 0, 0], { windowBytes: 2 ** 32, dictionaryId: 0, hasChecksum: false }],
    [[0x01, 0x00, 0xab], { windowBytes: 1024, dictionaryId: 0xab, hasChecksum: false }],
    [[0x22, 0x01, 0x02, 0x09], { windowBytes: 9, dictionaryId: 0x0201, hasChecksum: false }],
    [[0x03, 0x00, 1, 2, 3, 0x84], { windowBytes: 1024, dictionaryId: 0x84030201, hasChecksum: false }],
  ])('is read from %j', (bytes, header) => {
    expect(readFrameHeader(Uint8Array.from(bytes))).toEqual(header);
  });

  it.each([10, 17, 20, 25])('says the window of 2^%i bytes that its maker chose', async (windowLog) => {
    const stream = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: windowLog } });
    stream.write('some');
    stream.end('thing');
    const made = Buffer.concat(await stream.toArray());
    expect(readFrameHeader(made.subarray(4)).windowBytes).toBe(2 ** windowLog);
  });
});
