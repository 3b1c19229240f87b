import { createHash, hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { decode } from '../../base/compression/decode.ts';
import { DECODED_CHUNK_BYTES } from '../../base/compression/format.ts';
import { ZstdFrames } from '../../base/compression/zstd-frames.ts';
import { type Digest, digestFromHex } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';

/** What a payload's manifest says of it. */
export interface PayloadClaim {
  readonly digest: Digest;
  /** Length in bytes of the uncompressed payload. */
  readonly sizeBytes: number;
  /** Names the payload in errors. */
  readonly object: string;
}

/** Up to here a payload is verified whole before any of it is given out. */
const WHOLE_BYTES = 64 * 1024 * 1024;

/** Compresses a payload for storing: zstd level 1, which beats higher levels on inventories in size and speed. */
export function compressPayload(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** Bytes that a payload may take compressed: zstd adds a 256th at most, and a few headers. */
export function compressedLimit(sizeBytes: number): number {
  return sizeBytes + Math.ceil(sizeBytes / 128) + 64 * 1024;
}

/**
 * Uncompresses a stored payload and verifies it. Up to 64 MiB come as one chunk and only when verified; of larger
 * ones the last chunk is held back until all is. Chunks are the caller's to keep.
 * @throws VarveError `digest-mismatch`, `size-mismatch`, `malformed` or `truncated`, naming the object.
 */
export async function* openPayload(compressed: Uint8Array, claim: PayloadClaim): AsyncGenerator<Uint8Array> {
  if (claim.sizeBytes <= WHOLE_BYTES) yield await decodeWhole(compressed, claim);
  else yield* decodeChunks(compressed, claim);
}

/** What a header is looked for in, in bytes. */
export const HEAD_BYTES = 64 * 1024;

/** Bytes of a stored payload that surely give its head: a chunk when decoded, without the block that is cut off. */
export const STORED_HEAD_BYTES = 2 * DECODED_CHUNK_BYTES;

/**
 * Uncompresses the first bytes of a stored payload, or of the beginning of one. They are not verified.
 * @throws VarveError as `openPayload` does.
 */
export async function openPayloadHead(compressed: Uint8Array, object: string): Promise<Uint8Array> {
  for await (const chunk of decode([compressed], { format: 'zstd', object })) {
    return Buffer.from(chunk.subarray(0, HEAD_BYTES));
  }
  return new Uint8Array(0);
}

/** Verifies a stored payload without keeping any of it. @throws VarveError as `openPayload` does. */
export async function verifyPayload(compressed: Uint8Array, claim: PayloadClaim): Promise<void> {
  if (decodeSmall(compressed, claim) !== null) return;
  const check = new PayloadCheck(claim);
  for await (const chunk of uncompressed(compressed, claim)) check.add(chunk);
  check.end();
}

/** Up to here a payload is decoded by one call: a decoder of its own would cost ten times as much as the bytes do. */
const SMALL_BYTES = 256 * 1024;

/**
 * A small payload that is as it should be; null for any other, about which the decoder says what is wrong. Only one whole
 * frame is taken, since what follows a frame is passed over here.
 */
function decodeSmall(compressed: Uint8Array, { sizeBytes, digest, object }: PayloadClaim): Uint8Array | null {
  if (sizeBytes > SMALL_BYTES) return null;
  try {
    const frames = new ZstdFrames(object);
    if (frames.advance(compressed, 0) < compressed.length || frames.skippable || !frames.complete)
      return null;
    const limits = { maxOutputLength: sizeBytes + 1, chunkSize: Math.max(sizeBytes + 1, LEAST_CHUNK) };
    const bytes = zstdDecompressSync(compressed, limits);
    const isSound = bytes.length === sizeBytes && digestFromHex(hash('sha256', bytes, 'hex')) === digest;
    return isSound ? bytes : null;
  } catch {
    return null;
  }
}

/** Node takes no smaller one. */
const LEAST_CHUNK = 64;

async function decodeWhole(compressed: Uint8Array, claim: PayloadClaim): Promise<Uint8Array> {
  const small = decodeSmall(compressed, claim);
  if (small !== null) return small;
  const bytes = Buffer.allocUnsafe(claim.sizeBytes);
  let length = 0;
  for await (const chunk of uncompressed(compressed, claim)) {
    if (length + chunk.length > bytes.length) throw sizeMismatch(claim);
    bytes.set(chunk, length);
    length += chunk.length;
  }
  if (length !== bytes.length) throw sizeMismatch(claim);
  if (digestFromHex(hash('sha256', bytes, 'hex')) !== claim.digest) throw digestMismatch(claim);
  return bytes;
}

async function* decodeChunks(compressed: Uint8Array, claim: PayloadClaim): AsyncGenerator<Uint8Array> {
  const check = new PayloadCheck(claim);
  let held: Uint8Array | null = null;
  for await (const chunk of uncompressed(compressed, claim)) {
    check.add(chunk);
    if (held !== null) yield held;
    held = Buffer.from(chunk);
  }
  check.end();
  if (held !== null) yield held;
}

function uncompressed(compressed: Uint8Array, { object }: PayloadClaim) {
  return decode([compressed], { format: 'zstd', object });
}

/** Counts and hashes a payload as it comes. */
class PayloadCheck {
  readonly #claim: PayloadClaim;
  readonly #hash = createHash('sha256');
  #length = 0;

  constructor(claim: PayloadClaim) {
    this.#claim = claim;
  }

  add(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.#length > this.#claim.sizeBytes) throw sizeMismatch(this.#claim);
    this.#hash.update(chunk);
  }

  end(): void {
    if (this.#length !== this.#claim.sizeBytes) throw sizeMismatch(this.#claim);
    if (digestFromHex(this.#hash.digest('hex')) !== this.#claim.digest) throw digestMismatch(this.#claim);
  }
}

function sizeMismatch({ object, sizeBytes }: PayloadClaim): VarveError {
  return new VarveError(
    'size-mismatch',
    `${object} does not uncompress to the ${sizeBytes} bytes it should`,
    {
      object,
    },
  );
}

function digestMismatch({ object, digest }: PayloadClaim): VarveError {
  return new VarveError('digest-mismatch', `${object} does not hash to ${digest}`, { object });
}
