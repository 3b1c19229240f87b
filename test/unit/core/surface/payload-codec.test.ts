import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import {
  compressPayload,
  openPayload,
  type PayloadClaim,
  verifyPayload,
} from '../../../../src/core/surface/payload-codec.ts';

const MiB = 1024 * 1024;
const bytes = Buffer.from('{"path":"etc/passwd"}\n'.repeat(5000));
const compressed = compressPayload(bytes);
const claim: PayloadClaim = { digest: digestOf(bytes), sizeBytes: bytes.length, object: 'the payload' };

async function collect(stored: Uint8Array, expected: PayloadClaim): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of openPayload(stored, expected)) chunks.push(chunk);
  return chunks;
}

describe('payloads', () => {
  it('come back whole, in one chunk', async () => {
    const [whole, ...rest] = await collect(compressed, claim);
    expect(rest).toEqual([]);
    expect(Buffer.compare(whole ?? Buffer.alloc(0), bytes)).toBe(0);
    await expect(verifyPayload(compressed, claim)).resolves.toBeUndefined();
  });

  it('may be empty', async () => {
    const empty = Buffer.alloc(0);
    const chunks = await collect(compressPayload(empty), { ...claim, digest: digestOf(empty), sizeBytes: 0 });
    expect(Buffer.concat(chunks)).toHaveLength(0);
  });

  it('may be of several frames, as other writers make them', async () => {
    const frames = Buffer.concat([
      zstdCompressSync(bytes.subarray(0, 999)),
      zstdCompressSync(bytes.subarray(999)),
    ]);
    expect(Buffer.compare(Buffer.concat(await collect(frames, claim)), bytes)).toBe(0);
  });

  it('over 64 MiB come in chunks that stay what they were', async () => {
    const large = Buffer.alloc(65 * MiB, 'abcdefghijklmnopqrstuvwxyz');
    const chunks = await collect(compressPayload(large), {
      ...claim,
      digest: digestOf(large),
      sizeBytes: large.length,
    });
    expect(chunks.length).toBeGreaterThan(1);
    expect(digestOf(Buffer.concat(chunks))).toBe(digestOf(large));
  });
});

describe('a payload is refused', () => {
  const cases: [string, Uint8Array, PayloadClaim, string][] = [
    ['with other content', compressPayload(Buffer.from(bytes).fill('x', 0, 1)), claim, 'digest-mismatch'],
    ['that is longer', compressPayload(Buffer.concat([bytes, bytes])), claim, 'size-mismatch'],
    ['that is shorter', compressPayload(bytes.subarray(1)), claim, 'size-mismatch'],
    ['that is a bomb', compressPayload(Buffer.alloc(50 * MiB)), { ...claim, sizeBytes: 10 }, 'size-mismatch'],
    ['that is cut short', compressed.subarray(0, -1), claim, 'truncated'],
    ['that is empty', Buffer.alloc(0), claim, 'truncated'],
    ['that is not compressed', bytes, claim, 'malformed'],
    ['followed by other bytes', Buffer.concat([compressed, Buffer.from('tail')]), claim, 'malformed'],
  ];

  it.each(cases)('%s', async (_, stored, expected, code) => {
    const fault = expect.objectContaining({ code, message: expect.stringContaining('the payload') });
    await expect(collect(stored, expected)).rejects.toThrow(fault);
    await expect(verifyPayload(stored, expected)).rejects.toThrow(fault);
  });

  it('before the last chunk of a large one is given out', async () => {
    const large = Buffer.alloc(65 * MiB, 'abc');
    const wrong = { ...claim, digest: digestOf('other'), sizeBytes: large.length };
    let given = 0;
    const reading = async () => {
      for await (const chunk of openPayload(compressPayload(large), wrong)) given += chunk.length;
    };
    await expect(reading()).rejects.toThrow(expect.objectContaining({ code: 'digest-mismatch' }));
    expect(given).toBeLessThan(large.length);
  });

  it('whichever of its bytes is flipped', async () => {
    for (let at = 0; at < compressed.length; at++) {
      const flipped = Buffer.from(compressed);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 0x10, at);
      const outcome = await collect(flipped, claim).then(
        (chunks) => digestOf(Buffer.concat(chunks)),
        (fault: { kind?: string }) => fault.kind,
      );
      expect([claim.digest, 'bytes']).toContain(outcome);
    }
  });
});
