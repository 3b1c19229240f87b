import { gzipSync } from 'node:zlib';
import { compress, decompress } from '@mongodb-js/zstd';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { ByteSource } from '../../src/base/byte-source.ts';
import { type DecodeOptions, decode } from '../../src/base/compression/decode.ts';
import type { CompressionFormat } from '../../src/base/compression/format.ts';
import { InflateThreads } from '../../src/base/compression/inflate-threads.ts';
import { VarveError } from '../../src/base/errors.ts';
import {
  gzipMembers,
  gzipWithAllHeaderFields,
  inReusedBuffer,
  later,
  rawZstdFrame,
  sampleBytes,
  skippableFrame,
  zstdBlock,
  zstdChunked,
  zstdFrame,
} from '../support/compressed-streams.ts';

const threads = new InflateThreads(new URL('../../src/entry/inflate-worker.ts', import.meta.url), 2);
afterAll(() => threads[Symbol.asyncDispose]());

/** All held to the same. */
const WAYS: readonly [name: string, way: Pick<DecodeOptions, 'engine' | 'threads'>][] = [
  ['natively', { engine: 'native' }],
  ['on streams', { engine: 'public' }],
  ['in threads', { engine: 'native', threads }],
];

async function decoded(source: ByteSource, options: Partial<DecodeOptions>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of decode(source, { object: 'layer', ...options })) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The decoded bytes as text, or the error's code. */
async function outcome(bytes: Uint8Array, options: Partial<DecodeOptions>): Promise<string> {
  try {
    return `bytes ${(await decoded([bytes], options)).toString('latin1')}`;
  } catch (fault) {
    if (fault instanceof VarveError) return `error ${fault.code}`;
    throw fault;
  }
}

/** Little, since every stream of it is cut off at every byte. */
const CONTENT = sampleBytes(120);
const FIRST = CONTENT.subarray(0, 40);
const SECOND = CONTENT.subarray(40);

/** Stored bytes and what they hold: a stream may be cut between parts, and nowhere else. */
type Part = readonly [stored: Uint8Array, content: Uint8Array];

const gzip = (content: Uint8Array): Part => [gzipSync(content), content];
const zstd = (content: Uint8Array, checksum = false): Part => [zstdFrame(content, { checksum }), content];
const NOTHING = Buffer.alloc(0);
const skippable = (content: string, variant?: number): Part => [skippableFrame(content, variant), NOTHING];
const zeros = (length: number): Part[] => Array.from({ length }, () => [Buffer.alloc(1), NOTHING]);

/** Streams of which every one holds CONTENT. */
const STREAMS: readonly [name: string, format: CompressionFormat, parts: readonly Part[]][] = [
  ['one gzip member', 'gzip', [gzip(CONTENT)]],
  [
    'gzip members, some empty',
    'gzip',
    [gzip(NOTHING), gzip(FIRST), gzip(NOTHING), gzip(SECOND), gzip(NOTHING)],
  ],
  ['gzip with all header fields', 'gzip', [[gzipWithAllHeaderFields(CONTENT), CONTENT]]],
  ['gzip with zero padding', 'gzip', [gzip(FIRST), gzip(SECOND), ...zeros(99)]],
  ['one zstd frame', 'zstd', [zstd(CONTENT)]],
  ['one zstd frame with a checksum', 'zstd', [zstd(CONTENT, true)]],
  ['zstd frames, some empty', 'zstd', [zstd(NOTHING), zstd(FIRST), zstd(NOTHING, true), zstd(SECOND)]],
  ['a skippable frame first', 'zstd', [skippable('first', 7), zstd(CONTENT)]],
  ['a skippable frame last', 'zstd', [zstd(CONTENT), skippable('last', 0xf)]],
  ['skippable frames between', 'zstd', [zstd(FIRST), skippable(''), skippable('between'), zstd(SECOND)]],
  ['zstd of raw blocks', 'zstd', [[rawBlocks(CONTENT), CONTENT]]],
  ['many zstd frames', 'zstd', manyFrames(CONTENT)],
];

function rawBlocks(content: Uint8Array): Buffer {
  const block = (from: number, last: boolean) => zstdBlock(0, content.subarray(from, from + 40), last);
  return rawZstdFrame({
    descriptor: 0,
    header: [0],
    blocks: [block(0, false), block(40, false), block(80, true)],
  });
}

function manyFrames(content: Uint8Array): Part[] {
  return Array.from({ length: 8 }, (_, i) => zstd(content.subarray(i * 15, i * 15 + 15)));
}

const joined = (parts: readonly Part[], side: 0 | 1) => Buffer.concat(parts.map((part) => part[side]));

describe.each(WAYS)('decoding %s', (_way, way) => {
  describe.each([['plain bytes', 'none', [[CONTENT, CONTENT]]] as const, ...STREAMS])(
    '%s',
    (_name, format, parts) => {
      const stream = joined(parts, 0);

      it('decodes, whatever chunks it comes in, out of a buffer that is used again', async () => {
        const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 });
        await fc.assert(
          fc.asyncProperty(sizes, fc.boolean(), async (cuts, isLater) => {
            const chunks = inReusedBuffer(stream, cuts);
            const found = await decoded(isLater ? later(chunks) : chunks, way);
            expect(found.equals(CONTENT)).toBe(true);
          }),
          { numRuns: 30 },
        );
      });

      it('decodes from single bytes, and from empty chunks among others', async () => {
        expect((await decoded(inReusedBuffer(stream, [1]), way)).equals(CONTENT)).toBe(true);
        const half = stream.length >> 1;
        const withEmpty = [Buffer.alloc(0), stream.subarray(0, half), Buffer.alloc(0), stream.subarray(half)];
        expect((await decoded(withEmpty, way)).equals(CONTENT)).toBe(true);
      });

      it('tells the format before the first byte', async () => {
        const told: string[] = [];
        for await (const _ of decode([stream], { object: 'layer', ...way, onFormat: (f) => told.push(f) })) {
          expect(told).toEqual([format]);
        }
        expect(told).toEqual([format]);
      });
    },
  );

  it('decodes a stream of nothing but skippable frames to nothing', async () => {
    expect(await outcome(Buffer.concat([skippableFrame('a'), skippableFrame('b')]), way)).toBe('bytes ');
  });

  it('gives out large contents in chunks of at most 256 KiB', async () => {
    const content = sampleBytes(1_500_000);
    for (const stream of [gzipSync(content), zstdFrame(content), zstdChunked(content, 1000)]) {
      const found: Buffer[] = [];
      for await (const chunk of decode([stream], { object: 'layer', ...way })) {
        expect(chunk.length).toBeLessThanOrEqual(256 * 1024);
        found.push(Buffer.from(chunk));
      }
      expect(Buffer.concat(found).equals(content)).toBe(true);
    }
  });

  it('takes bytes of less than a magic number for plain ones', async () => {
    expect(await outcome(Buffer.alloc(0), way)).toBe('bytes ');
    expect(await outcome(Buffer.from([0x1f, 0x8b]), way)).toBe('bytes \x1f\x8b');
  });

  it('holds an empty stream of a stated format for cut off', async () => {
    expect(await outcome(Buffer.alloc(0), { ...way, format: 'gzip' })).toBe('error truncated');
    expect(await outcome(Buffer.alloc(0), { ...way, format: 'none' })).toBe('bytes ');
  });

  it.each(STREAMS)(
    'finds %s truncated where it is cut, but between members or frames',
    async (_name, format, parts) => {
      const stream = joined(parts, 0);
      const complete = new Map<number, string>();
      for (let n = 1; n <= parts.length; n++) {
        const whole = parts.slice(0, n);
        complete.set(joined(whole, 0).length, `bytes ${joined(whole, 1).toString('latin1')}`);
      }
      for (let length = 0; length < stream.length; length++) {
        const found = await outcome(stream.subarray(0, length), { ...way, format });
        expect([length, found]).toEqual([length, complete.get(length) ?? 'error truncated']);
      }
    },
  );

  it.each([
    ['a letter after gzip', Buffer.concat([gzipSync('x'), Buffer.from('x')]), 'truncated'],
    ['garbage after gzip', Buffer.concat([gzipSync('x'), Buffer.from('garbage')]), 'malformed'],
    [
      'garbage after zero padding',
      Buffer.concat([gzipSync('x'), Buffer.alloc(9), Buffer.from('x')]),
      'malformed',
    ],
    [
      'a member after zero padding',
      Buffer.concat([gzipSync('x'), Buffer.alloc(9), gzipSync('x')]),
      'malformed',
    ],
    ['a letter after zstd', Buffer.concat([zstdFrame('x'), Buffer.from('x')]), 'malformed'],
    ['zeros after zstd', Buffer.concat([zstdFrame('x'), Buffer.alloc(9)]), 'malformed'],
    [
      'garbage after a skippable frame',
      Buffer.concat([skippableFrame('x'), Buffer.from('garbage')]),
      'malformed',
    ],
    ['gzip after zstd', Buffer.concat([zstdFrame('x'), gzipSync('x')]), 'malformed'],
    ['zstd after gzip', Buffer.concat([gzipSync('x'), zstdFrame('x')]), 'malformed'],
    ['a wrong gzip checksum', changed(gzipSync('text'), -8), 'malformed'],
    ['a wrong gzip length', changed(gzipSync('text'), -4), 'malformed'],
    ['a wrong gzip header checksum', changed(gzipWithAllHeaderFields('text'), 5), 'malformed'],
    ['a wrong zstd checksum', changed(zstdFrame('text', { checksum: true }), -1), 'malformed'],
    [
      'a zstd block of reserved type',
      rawZstdFrame({ descriptor: 0, header: [0], blocks: [zstdBlock(3, 'x', true)] }),
      'malformed',
    ],
    [
      'a zstd frame with fewer bytes than it states',
      rawZstdFrame({ descriptor: 0x20, header: [5], blocks: [zstdBlock(0, 'x', true)] }),
      'malformed',
    ],
    ['a zstd frame with its reserved bit set', rawZstdFrame({ descriptor: 0x08, header: [0] }), 'malformed'],
    [
      'a zstd frame that needs a dictionary',
      rawZstdFrame({ descriptor: 0x01, header: [0, 7] }),
      'unsupported',
    ],
    ['a skippable frame cut off', skippableFrame('content').subarray(0, -1), 'truncated'],
  ])('refuses %s', async (_name, stream, code) => {
    for (const sizes of [[stream.length], [1], [3]]) {
      await expect(decoded(inReusedBuffer(stream, sizes), way)).rejects.toMatchObject({
        name: 'VarveError',
        code,
        object: 'layer',
      });
    }
  });

  it('refuses a zstd window over 128 MiB by name, and takes one of 128 MiB', async () => {
    const windowOf = (exponent: number, mantissa: number) =>
      rawZstdFrame({ descriptor: 0, header: [((exponent - 10) << 3) | mantissa] });
    expect(await outcome(windowOf(27, 0), way)).toBe('bytes ');
    await expect(decoded([windowOf(27, 1)], way)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('a window of 150994944 bytes'),
      hint: expect.stringContaining('--long=27'),
    });
    expect(await outcome(windowOf(41, 7), way)).toBe('error unsupported');
    const ofOneSegment = rawZstdFrame({ descriptor: 0xe0, header: [0, 0, 0, 0, 0, 0, 0, 0x80] });
    expect(await outcome(ofOneSegment, way)).toBe('error unsupported');
  });

  it('lets the faults of the source through, and closes the source', async () => {
    const fault = new Error('the disk is gone');
    for (const stream of [gzipSync(CONTENT), zstdFrame(CONTENT), CONTENT]) {
      let closed = 0;
      const failing = function* () {
        try {
          yield stream.subarray(0, 100);
          throw fault;
        } finally {
          closed++;
        }
      };
      await expect(decoded(failing(), way)).rejects.toBe(fault);
      await expect(decoded(later(failing()), way)).rejects.toBe(fault);
      expect(closed).toBe(2);
    }
  });

  it('closes the source when its reader gives up, and when the bytes are bad', async () => {
    const large = sampleBytes(1_000_000);
    const bad = Buffer.concat([gzipSync('x'), Buffer.from('garbage')]);
    for (const stream of [gzipSync(large), zstdFrame(large), zstdChunked(large, 50), bad]) {
      let closed = 0;
      const watched = function* () {
        try {
          yield* inReusedBuffer(stream, [1000]);
        } finally {
          closed++;
        }
      };
      for (const source of [watched(), later(watched())]) {
        try {
          for await (const _ of decode(source, { object: 'layer', ...way })) break;
        } catch (fault) {
          expect(fault).toMatchObject({ code: 'malformed' });
        }
      }
      expect(closed).toBe(2);
    }
  });
});

describe.each(WAYS)('zstd of many frames, decoded %s, is what libzstd makes of it', (_way, way) => {
  const frame = fc.record({
    content: fc.uint8Array({ maxLength: 300 }),
    by: fc.constantFrom('libzstd', 'node', 'node with a checksum', 'skippable' as const),
    variant: fc.nat(15),
  });
  const stored = async ({ content, by, variant }: typeof frame extends fc.Arbitrary<infer T> ? T : never) => {
    if (by === 'skippable') return skippableFrame(content, variant);
    return by === 'libzstd'
      ? compress(Buffer.from(content))
      : zstdFrame(content, { checksum: by !== 'node' });
  };
  const streams = fc
    .array(frame, { minLength: 1, maxLength: 12 })
    .map(async (frames) => Buffer.concat(await Promise.all(frames.map(stored))));

  it('whatever the frames, and however the bytes are cut', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(streams, sizes, async (made, cuts) => {
        const stream = await made;
        const found = await decoded(inReusedBuffer(stream, cuts), { ...way, format: 'zstd' });
        expect(found.equals(await decompress(stream))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('wherever it is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.nat(), async (made, cut) => {
        const stream = await made;
        const rest = stream.subarray(0, 1 + (cut % stream.length));
        const expected = await decompress(rest).then(
          (bytes) => `bytes ${bytes.toString('latin1')}`,
          () => 'error truncated',
        );
        expect(await outcome(rest, { ...way, format: 'zstd' })).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('both engines', () => {
  it.each([
    ['gzip', gzipMembers(FIRST, CONTENT.subarray(40, 70))],
    ['zstd', Buffer.concat([zstdFrame(FIRST), skippableFrame('x'), zstdFrame(CONTENT.subarray(40, 70))])],
    ['zstd', zstdFrame(CONTENT.subarray(0, 70), { checksum: true })],
  ] as const)('make the same of %s with any one bit turned', async (format, stream) => {
    for (let bit = 0; bit < stream.length * 8; bit++) {
      const damaged = changed(stream, bit >> 3, 1 << (bit & 7));
      const [one, other] = [
        await outcome(damaged, { engine: 'native', format }),
        await outcome(damaged, { engine: 'public', format }),
      ];
      expect([bit, one]).toEqual([bit, other]);
    }
  });

  it('make the same of streams that are cut, spliced and overwritten at random', async () => {
    const streams = STREAMS.map(([, , parts]) => joined(parts, 0));
    const piece = fc.record({
      stream: fc.constantFrom(...streams),
      from: fc.integer({ min: 0, max: 60 }),
      length: fc.integer({ min: 1, max: 600 }),
      noise: fc.uint8Array({ maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 4 }), async (pieces) => {
        const parts = pieces.flatMap(({ stream, from, length, noise }, i) => [
          stream.subarray(i === 0 ? 0 : from, from + length),
          noise,
        ]);
        const bytes = Buffer.concat(parts);
        expect(await outcome(bytes, { engine: 'native' })).toBe(await outcome(bytes, { engine: 'public' }));
      }),
      { numRuns: 500 },
    );
  });
});

function changed(bytes: Uint8Array, at: number, mask = 0xff): Buffer {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ mask;
  return copy;
}
