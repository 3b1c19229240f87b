import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VerifiedParts } from '../../../../../src/adapters/registry/blobs/verified-parts.ts';
import { digestOf } from '../../../../../src/base/digest.ts';
import type { RangeSource } from '../../../../../src/base/range-source.ts';

/** Gives pieces of a few bytes, all in the same memory. */
function sourceOf(bytes: Buffer, pieceLength: number): RangeSource {
  const memory = Buffer.alloc(pieceLength);
  return {
    size: bytes.length,
    *read(start, end) {
      for (let at = start; at < end; at += pieceLength) {
        const length = bytes.copy(memory, 0, at, Math.min(end, at + pieceLength));
        yield memory.subarray(0, length);
      }
    },
  };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const collected: Uint8Array[] = [];
  for await (const piece of pieces) collected.push(piece);
  return Buffer.concat(collected);
}

/** Where parts begin and end, one after the other or not. */
const ranges = (size: number) =>
  fc.array(fc.tuple(fc.nat(size), fc.nat(size)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const));

const cases = fc
  .uint8Array({ maxLength: 200 })
  .chain((bytes) =>
    fc.tuple(fc.constant(Buffer.from(bytes)), fc.integer({ min: 1, max: 50 }), ranges(bytes.length)),
  );

describe('VerifiedParts', () => {
  it('gives any part, in any order, as often as is wanted', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([bytes, pieceLength, wanted]) => {
        const parts = new VerifiedParts(digestOf(bytes), sourceOf(bytes, pieceLength));
        for (const [start, end] of [...wanted, [0, bytes.length] as const]) {
          expect(await collect(parts.read(start, end))).toEqual(bytes.subarray(start, end));
        }
      }),
    );
  });

  it('never gives the last bytes of what has another digest', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([bytes, pieceLength, wanted]) => {
        const parts = new VerifiedParts(digestOf('other'), sourceOf(bytes, pieceLength));
        for (const [start, end] of wanted) {
          const given: Uint8Array[] = [];
          const reading = (async () => {
            for await (const piece of parts.read(start, end)) given.push(piece);
          })();
          if (end < bytes.length) await reading;
          else await expect(reading).rejects.toMatchObject({ code: 'digest-mismatch' });
          expect(start + Buffer.concat(given).length < bytes.length || start === bytes.length).toBe(true);
        }
      }),
    );
  });

  it('reads in order no byte twice', async () => {
    const bytes = Buffer.from('0123456789');
    let read = 0;
    const { size, ...source } = sourceOf(bytes, 3);
    const parts = new VerifiedParts(digestOf(bytes), {
      size,
      *read(start, end) {
        read += end - start;
        yield* source.read(start, end) as Iterable<Uint8Array>;
      },
    });
    for (const start of [0, 4, 8]) await collect(parts.read(start, Math.min(10, start + 4)));
    expect(read).toBe(10);
  });

  it('goes on after a part that was given up', async () => {
    const bytes = Buffer.from('0123456789');
    const parts = new VerifiedParts(digestOf(bytes), sourceOf(bytes, 3));
    for await (const _ of parts.read(0, 8)) break;
    expect(await collect(parts.read(0, 5))).toEqual(bytes.subarray(0, 5));
    expect(await collect(parts.read(5, 10))).toEqual(bytes.subarray(5));
  });
});
