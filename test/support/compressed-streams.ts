import { constants, crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';

/** Several gzip members in a row, one a part. */
export function gzipMembers(...parts: readonly (Uint8Array | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => gzipSync(part)));
}

/** One gzip member whose header has every optional field, its own checksum included (RFC 1952, 2.3). */
export function gzipWithAllHeaderFields(content: Uint8Array | string): Buffer {
  const flags = 0x02 | 0x04 | 0x08 | 0x10;
  const extra = Buffer.from([2, 0, 0x41, 0x42]);
  const fields = [
    Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255]),
    extra,
    Buffer.from('layer.tar\0a comment\0'),
  ];
  const header = Buffer.concat(fields);
  const headerCheck = Buffer.alloc(2);
  headerCheck.writeUInt16LE(crc32(header) & 0xffff);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(Buffer.byteLength(content), 4);
  return Buffer.concat([header, headerCheck, deflateRawSync(content), trailer]);
}

/** One zstd frame; with `checksum`, it ends in one. */
export function zstdFrame(content: Uint8Array | string, { checksum = false } = {}): Buffer {
  return zstdCompressSync(content, {
    params: { [constants.ZSTD_c_checksumFlag]: Number(checksum), [constants.ZSTD_c_compressionLevel]: 1 },
  });
}

/** A skippable frame (RFC 8878, 3.1.2); `variant` is the low half of its magic number's first byte. */
export function skippableFrame(content: Uint8Array | string, variant = 0): Buffer {
  const head = Buffer.from([0x50 | variant, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(Buffer.byteLength(content), 4);
  return Buffer.concat([head, Buffer.from(content)]);
}

/** A layer as zstd:chunked has it: a frame for each of very many small pieces, then skippable frames. */
export function zstdChunked(content: Uint8Array, frames: number): Buffer {
  const step = Math.ceil(content.length / frames);
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += step) pieces.push(zstdFrame(content.subarray(at, at + step)));
  return Buffer.concat([
    ...pieces,
    skippableFrame('table of contents'),
    skippableFrame(Buffer.alloc(64), 0xf),
  ]);
}

export interface FrameFields {
  readonly descriptor: number;
  /** The header's bytes after the descriptor. */
  readonly header: readonly number[];
  readonly blocks?: readonly Uint8Array[];
}

/** A zstd frame byte for byte; without blocks, it has one that is raw, last and empty. */
export function rawZstdFrame({ descriptor, header, blocks = [zstdBlock(0, '', true)] }: FrameFields): Buffer {
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, descriptor, ...header]), ...blocks]);
}

/** A zstd block: type 0 is raw, 1 repeats one byte `length` times, 2 is compressed, 3 is reserved. */
export function zstdBlock(
  type: number,
  content: Uint8Array | string,
  last: boolean,
  length?: number,
): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE((length ?? Buffer.byteLength(content)) * 8 + type * 2 + Number(last), 0, 3);
  return Buffer.concat([head, Buffer.from(content)]);
}

/**
 * The bytes in chunks of the given sizes (the last size goes on), all in one buffer that is overwritten as soon as
 * the next chunk is asked for: whoever keeps a chunk for longer reads rubbish.
 */
export function* inReusedBuffer(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  const buffer = Buffer.alloc(Math.max(1, ...sizes));
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.min(sizes[Math.min(i, sizes.length - 1)] ?? bytes.length, bytes.length - at);
    buffer.set(bytes.subarray(at, at + size));
    at += size;
    yield buffer.subarray(0, size);
    buffer.fill(0xee);
  }
}

/** The same as an asynchronous source. */
export async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

/** Bytes that compress somewhat, the same for the same seed. */
export function sampleBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 30 === 0 ? state >>> 16 : 0x61 + (i % 7);
  }
  return bytes;
}
