import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { ByteSource } from '../byte-source.ts';
import { decodeFault, malformedStream, truncatedStream } from './decode-fault.ts';
import { type CompressionFormat, DECODED_CHUNK_BYTES } from './format.ts';
import { ZstdFrames } from './zstd-frames.ts';

type ZlibStream = ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>;

/**
 * Decodes with Node's documented streams alone: the same results as the native decoder, in up to 1.5 times the time.
 * @param object is what is decoded, for errors.
 */
export function decodeOnStreams(
  format: CompressionFormat,
  source: ByteSource,
  object: string,
): AsyncIterable<Uint8Array> {
  switch (format) {
    case 'gzip':
      return decodeGzip(source, object);
    case 'zstd':
      return decodeZstd(source, object);
    case 'none':
      return unchanged(source);
  }
}

async function* unchanged(source: ByteSource): AsyncGenerator<Uint8Array> {
  yield* source;
}

/** All members, and zero padding after the last. */
async function* decodeGzip(source: ByteSource, object: string): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: DECODED_CHUNK_BYTES });
  yield* through(stream, paddedWithZeros(source, stream, object), 'gzip', object);
}

/** The stream stops at zeros after a member, and swallows unread what follows them: so that is looked at here. */
async function* paddedWithZeros(source: ByteSource, stream: ZlibStream, object: string) {
  let taken = 0;
  for await (const chunk of source) {
    yield chunk;
    taken += chunk.length;
    const unread = Math.min(taken - stream.bytesWritten, chunk.length);
    if (unread > 0 && chunk.subarray(chunk.length - unread).some((byte) => byte !== 0)) {
      throw malformedStream(object, 'gzip', 'other bytes follow its zero padding');
    }
  }
}

/** All frames, each on a stream of its own: Node's stops after the first without a word. */
async function* decodeZstd(source: ByteSource, object: string): AsyncGenerator<Uint8Array> {
  const pieces = framePieces(source, object);
  try {
    for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) {
      const stream = createZstdDecompress({ chunkSize: DECODED_CHUNK_BYTES });
      yield* through(stream, frameFrom(piece.value, pieces), 'zstd', object);
    }
  } finally {
    await pieces.return(undefined);
  }
}

interface FramePiece {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** The source cut up so that no piece goes over the end of a frame; skippable frames are left out. */
async function* framePieces(source: ByteSource, object: string): AsyncGenerator<FramePiece, undefined> {
  const frames = new ZstdFrames(object);
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const to = frames.advance(chunk, at);
      if (!frames.skippable) yield { bytes: chunk.subarray(at, to), last: frames.betweenFrames };
      at = to;
    }
  }
  if (!frames.complete) throw truncatedStream(object, 'zstd');
}

async function* frameFrom(first: FramePiece, pieces: AsyncGenerator<FramePiece, undefined>) {
  for (let piece = first; ; ) {
    yield piece.bytes;
    if (piece.last) return;
    const next = await pieces.next();
    if (next.done) return;
    piece = next.value;
  }
}

/** What a zlib stream makes of a source. */
async function* through(
  stream: ZlibStream,
  source: ByteSource,
  format: 'gzip' | 'zstd',
  object: string,
): AsyncGenerator<Uint8Array> {
  // Every fault comes out of the iterator or of `feeding`; one after the last output has no other listener.
  stream.on('error', () => {});
  const feeding = feed(stream, source);
  const settled = Promise.allSettled([feeding]);
  try {
    // It must outlive its last output, for what follows that to be looked at.
    yield* stream.iterator({ destroyOnReturn: false });
    await feeding;
  } catch (fault) {
    throw zlibFault(fault, format, object);
  } finally {
    stream.destroy();
    await settled;
  }
}

/** Writes a chunk at a time and waits for it, since its memory is used again. */
async function feed(stream: ZlibStream, source: ByteSource): Promise<void> {
  try {
    for await (const chunk of source) {
      await written(stream, chunk);
      if (stream.destroyed) return;
    }
    stream.end();
  } catch (fault) {
    stream.destroy(fault instanceof Error ? fault : new Error(String(fault)));
    throw fault;
  }
}

function written(stream: ZlibStream, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    // A write that fails is never called back.
    stream.once('close', resolve);
    stream.write(chunk, () => {
      stream.off('close', resolve);
      resolve();
    });
  });
}

function zlibFault(fault: unknown, format: string, object: string): unknown {
  if (!(fault instanceof Error) || !('code' in fault) || typeof fault.code !== 'string') return fault;
  if (!fault.code.startsWith('Z_') && !fault.code.startsWith('ZSTD_')) return fault;
  return decodeFault(object, format, { code: fault.code, message: fault.message });
}
