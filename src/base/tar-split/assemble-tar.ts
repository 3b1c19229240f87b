import { closeSync, readSync } from 'node:fs';
import { type ByteSource, type ChunkTransform, transformed } from '../byte-source.ts';
import type { ByteText } from '../byte-text.ts';
import { VarveError } from '../errors.ts';
import { READ_CHUNK_BYTES, unreadable } from '../file-range.ts';
import { ConfinedFolder } from './confined-folder.ts';
import { parseTarSplitRecord } from './tar-split-record.ts';

/** A segment has headers between two files; of what follows the archive's end it has a mebibyte at most. */
const MOST_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Rebuilds a tar, byte by byte, out of what tar-split noted of it (JSON lines, uncompressed) and the files that were
 * unpacked from it; synchronously when the metadata comes so. Nothing proves here that the files are still those of
 * the tar: their sizes are checked, and the reader must know the digest. A chunk is valid until the next is asked for.
 * Reading throws VarveError `malformed` for bad metadata, what `ConfinedFolder.open` throws, `truncated` for a file that
 * shrinks meanwhile, `limit-exceeded` for a line of more than 16 MiB; what the source throws comes through.
 * @param root the folder of the files, from which no name and no link leads out.
 * @param object what the metadata is, for errors.
 */
export function assembleTar(metadata: ByteSource, root: string, object: string): ByteSource {
  return transformed(metadata, new TarAssembler(root, object));
}

class TarAssembler implements ChunkTransform {
  readonly #object: string;
  readonly #folder: ConfinedFolder;
  readonly #tar = Buffer.allocUnsafeSlow(READ_CHUNK_BYTES);
  #filled = 0;
  /** The beginning of a line whose end is yet to come. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #position = 0;

  constructor(root: string, object: string) {
    this.#object = object;
    this.#folder = new ConfinedFolder(root);
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield* this.#take(this.#line(bytes.subarray(start, end)));
      start = end + 1;
    }
    // The chunk's memory will be used again.
    if (start < bytes.length) this.#begin(Buffer.from(bytes.subarray(start)));
  }

  *end(): Generator<Uint8Array> {
    const rest = this.#line(Buffer.alloc(0));
    if (rest !== '') yield* this.#take(rest);
    if (this.#filled > 0) yield this.#flush();
  }

  close(): void {
    this.#folder[Symbol.dispose]();
  }

  #begin(part: Buffer): void {
    this.#begunBytes += part.length;
    if (this.#begunBytes > MOST_LINE_BYTES) {
      throw new VarveError('limit-exceeded', `${this.#object}: line ${this.#position} is too long`, {
        object: this.#object,
      });
    }
    this.#begun.push(part);
  }

  #line(end: Buffer): string {
    if (this.#begun.length === 0) return end.toString('utf8');
    this.#begin(end);
    const line = Buffer.concat(this.#begun).toString('utf8');
    this.#begun = [];
    this.#begunBytes = 0;
    return line;
  }

  *#take(line: string): Generator<Uint8Array> {
    const record = parseTarSplitRecord(line, this.#position, this.#object);
    this.#position += 1;
    if (record.kind === 'segment') yield* this.#segment(record.base64);
    else if (record.size > 0) yield* this.#file(record.name, record.size);
  }

  *#segment(base64: string): Generator<Uint8Array> {
    if (Buffer.byteLength(base64, 'base64') <= this.#tar.length - this.#filled) {
      this.#filled += this.#tar.write(base64, this.#filled, 'base64');
      return;
    }
    const segment = Buffer.from(base64, 'base64');
    for (let done = 0; done < segment.length; ) {
      if (this.#filled === this.#tar.length) yield this.#flush();
      const copied = segment.copy(this.#tar, this.#filled, done);
      this.#filled += copied;
      done += copied;
    }
  }

  *#file(name: ByteText, size: number): Generator<Uint8Array> {
    const descriptor = this.#folder.open(name, size);
    try {
      for (let left = size; left > 0; ) {
        if (this.#filled === this.#tar.length) yield this.#flush();
        const read = this.#read(descriptor, left, name);
        this.#filled += read;
        left -= read;
      }
    } finally {
      closeSync(descriptor);
    }
  }

  #read(descriptor: number, left: number, name: ByteText): number {
    const wanted = Math.min(left, this.#tar.length - this.#filled);
    try {
      const read = readSync(descriptor, this.#tar, this.#filled, wanted, null);
      if (read > 0) return read;
    } catch (fault) {
      throw unreadable(fault, this.#folder.nameOf(name));
    }
    const object = this.#folder.nameOf(name);
    throw new VarveError('truncated', `${object} ends ${left} bytes too early`, { object });
  }

  #flush(): Uint8Array {
    const chunk = this.#tar.subarray(0, this.#filled);
    this.#filled = 0;
    return chunk;
  }
}
