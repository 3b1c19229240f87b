import { VarveError } from '../errors.ts';
import { malformedStream } from './decode-fault.ts';
import {
  frameHeaderLength,
  LONGEST_FRAME_HEADER,
  littleEndian,
  readFrameHeader,
  type ZstdFrameHeader,
} from './zstd-frame-header.ts';

/** The largest window in bytes that a frame may ask for: what the `zstd` program too allows unless told otherwise. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

const DATA_MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const;
const SKIPPABLE_MAGIC = [0x50, 0x2a, 0x4d, 0x18] as const;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** The parts of a frame: those read to know what follows, and those passed over. */
type ReadPart = 'magic' | 'descriptor' | 'header' | 'block-header' | 'skip-length';
type PassedPart = 'block' | 'checksum' | 'skipped';

/**
 * Finds where the frames of a zstd stream begin and end, without decoding them, whatever chunks it comes in.
 * Decoders stop after a frame, or miss that the last is not complete: with this, neither can happen.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 */
export class ZstdFrames {
  readonly #object: string;
  /** Bytes of the part being read. The descriptor stays in front of the header that it is the first byte of. */
  readonly #read = new Uint8Array(LONGEST_FRAME_HEADER);
  #part: ReadPart | PassedPart = 'magic';
  #partLength = 4;
  /** Bytes of the part that have gone by. */
  #gone = 0;
  #skippable = false;
  #hasChecksum = false;
  #lastBlock = false;
  #anyFrame = false;

  constructor(object: string) {
    this.#object = object;
  }

  /** True before the first frame and after each. */
  get betweenFrames(): boolean {
    return this.#part === 'magic' && this.#gone === 0;
  }

  /** True after each frame: only there may a stream end. */
  get complete(): boolean {
    return this.#anyFrame && this.betweenFrames;
  }

  /** Whether what `advance` last went over belongs to a skippable frame, which is not to be decoded. */
  get skippable(): boolean {
    return this.#skippable;
  }

  /**
   * Goes over bytes from `at` to the end of the frame that they belong to, or of the chunk.
   * @returns where it stopped.
   * @throws VarveError `malformed`, or `unsupported` for a dictionary or a window over the maximum.
   */
  advance(bytes: Uint8Array, at: number): number {
    let position = at;
    this.#anyFrame ||= at < bytes.length;
    while (position < bytes.length) {
      if (this.#part === 'block' || this.#part === 'checksum' || this.#part === 'skipped') {
        const step = Math.min(this.#partLength - this.#gone, bytes.length - position);
        this.#gone += step;
        position += step;
      } else {
        const byte = bytes[position++] ?? 0;
        if (this.#part === 'magic') this.#checkMagic(byte);
        this.#read[this.#gone++] = byte;
      }
      while (this.#gone === this.#partLength) this.#enterNextPart();
      if (this.betweenFrames) break;
    }
    return position;
  }

  #enter(part: ReadPart | PassedPart, length: number): void {
    this.#part = part;
    this.#partLength = length;
    this.#gone = 0;
  }

  #enterNextPart(): void {
    switch (this.#part) {
      case 'magic':
        if (this.#skippable) this.#enter('skip-length', 4);
        else this.#enter('descriptor', 1);
        break;
      case 'descriptor':
        this.#part = 'header';
        this.#partLength = frameHeaderLength(this.#read[0] ?? 0);
        break;
      case 'header':
        this.#checkHeader(readFrameHeader(this.#read));
        this.#enter('block-header', 3);
        break;
      case 'block-header':
        this.#enterBlock(littleEndian(this.#read, 0, 3));
        break;
      case 'block':
        if (!this.#lastBlock) this.#enter('block-header', 3);
        else if (this.#hasChecksum) this.#enter('checksum', 4);
        else this.#enter('magic', 4);
        break;
      case 'skip-length':
        this.#enter('skipped', littleEndian(this.#read, 0, 4));
        break;
      case 'checksum':
      case 'skipped':
        this.#enter('magic', 4);
        break;
    }
  }

  #checkMagic(byte: number): void {
    const at = this.#gone;
    if (at === 0) this.#skippable = byte >> 4 === 0x5;
    // The low half of a skippable magic's first byte is free.
    const expected = this.#skippable ? SKIPPABLE_MAGIC[at] : DATA_MAGIC[at];
    const found = this.#skippable && at === 0 ? byte & 0xf0 : byte;
    if (found !== expected) throw malformedStream(this.#object, 'zstd', 'no frame begins where one should');
  }

  #checkHeader(header: ZstdFrameHeader): void {
    this.#hasChecksum = header.hasChecksum;
    if (header.dictionaryId !== 0) {
      throw new VarveError('unsupported', `${this.#object}: zstd with dictionary ${header.dictionaryId}`, {
        object: this.#object,
        hint: 'compress it again without a dictionary',
      });
    }
    if (header.windowBytes > MAX_WINDOW_BYTES) {
      const window = `a window of ${header.windowBytes} bytes, over the ${MAX_WINDOW_BYTES} that are allowed`;
      throw new VarveError('unsupported', `${this.#object}: zstd with ${window}`, {
        object: this.#object,
        hint: 'compress it again with a window of at most 128 MiB (zstd --long=27 or less)',
      });
    }
  }

  #enterBlock(header: number): void {
    const type = (header >> 1) & 3;
    if (type === RESERVED_BLOCK) throw malformedStream(this.#object, 'zstd', 'a block has the reserved type');
    this.#lastBlock = (header & 1) === 1;
    this.#enter('block', type === RLE_BLOCK ? 1 : header >> 3);
  }
}
