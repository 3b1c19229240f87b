/** What the header of a zstd data frame says of the frame. */
export interface ZstdFrameHeader {
  /** How many bytes of history its decoder must keep. */
  readonly windowBytes: number;
  /** 0 when it needs no dictionary. */
  readonly dictionaryId: number;
  /** Whether a checksum follows the last block. */
  readonly hasChecksum: boolean;
}

/** A frame header's greatest length in bytes, from its descriptor on. */
export const LONGEST_FRAME_HEADER = 14;

const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const SINGLE_SEGMENT = 0x20;
const CHECKSUM = 0x04;

/** Length in bytes of the frame header that begins with this descriptor. */
export function frameHeaderLength(descriptor: number): number {
  const { windowDescriptor, dictionaryId, contentSize } = fieldLengths(descriptor);
  return 1 + windowDescriptor + dictionaryId + contentSize;
}

/**
 * Reads a whole frame header, from its descriptor on.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1
 */
export function readFrameHeader(header: Uint8Array): ZstdFrameHeader {
  const descriptor = header[0] ?? 0;
  const lengths = fieldLengths(descriptor);
  const idAt = 1 + lengths.windowDescriptor;
  const sizeAt = idAt + lengths.dictionaryId;
  const sizeBase = lengths.contentSize === 2 ? 256 : 0;
  const contentSize = sizeBase + littleEndian(header, sizeAt, lengths.contentSize);
  return {
    windowBytes: lengths.windowDescriptor === 0 ? contentSize : describedWindow(header[1] ?? 0),
    dictionaryId: littleEndian(header, idAt, lengths.dictionaryId),
    hasChecksum: (descriptor & CHECKSUM) !== 0,
  };
}

/** The unsigned little-endian number in `length` bytes; over 2^53 it is rounded. */
export function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = at + length - 1; i >= at; i--) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

function fieldLengths(descriptor: number) {
  const single = (descriptor & SINGLE_SEGMENT) !== 0;
  const sizeFlag = descriptor >> 6;
  return {
    windowDescriptor: single ? 0 : 1,
    dictionaryId: DICTIONARY_ID_BYTES[descriptor & 3] ?? 0,
    contentSize: sizeFlag === 0 ? Number(single) : 2 ** sizeFlag,
  };
}

function describedWindow(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
