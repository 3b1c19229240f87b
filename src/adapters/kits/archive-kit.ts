import type { ByteSource } from '../../base/byte-source.ts';
import { decode } from '../../base/compression/decode.ts';
import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import type { TarEntry, TarHandler } from '../../base/tar/tar-entry.ts';
import { TarScanner } from '../../base/tar/tar-scanner.ts';
import { KIT_INDEX, KIT_INDEX_BYTES, type KitIndex, listKitFiles } from '../../core/kit/kit-index.ts';
import type { KitReader, ReadFile } from '../../core/kit/kit-place.ts';
import { kitNotFound } from './kit-fault.ts';

/** Bytes that may follow the end of an archive at most: programs fill it up to some size of a block. */
const MOST_AFTER_END = 1024 * 1024;

/** A kit in a tar, compressed or not, read from its beginning each time. At most one file of it is in memory. */
export class ArchiveKit implements KitReader {
  readonly location: string;
  readonly #open: () => ByteSource;

  /** @param open gives the bytes of the archive, from the first. */
  constructor(location: string, open: () => ByteSource) {
    this.location = location;
    this.#open = open;
  }

  async readIndex(): Promise<Uint8Array> {
    let isFirst = true;
    const limitOf = (path: string): number | null => {
      if (!isFirst) return null;
      isFirst = false;
      if (path === KIT_INDEX) return KIT_INDEX_BYTES;
      throw kitNotFound(
        this.location,
        `begins with ${JSON.stringify(path.slice(0, 200))}, not with ${KIT_INDEX}`,
      );
    };
    for await (const { bytes } of this.#read(limitOf)) return bytes;
    throw kitNotFound(this.location, 'is empty');
  }

  async *readFiles(index: KitIndex): AsyncGenerator<ReadFile> {
    const expected = [KIT_INDEX, ...[...listKitFiles(index)].map(({ path }) => path)];
    const sizes = new Map([...listKitFiles(index)].map(({ path, size }) => [path, size]));
    let next = 0;
    const limitOf = (path: string): number => {
      const due = expected[next++];
      if (path === due) return sizes.get(path) ?? KIT_INDEX_BYTES;
      const place = due === undefined ? 'after the last file of the index' : `where ${due} should`;
      throw new VarveError('malformed', `${JSON.stringify(path.slice(0, 300))} stands ${place}`, {
        object: this.location,
        hint: PACKED_BY_OTHERS,
      });
    };
    for await (const file of this.#read(limitOf)) if (file.path !== KIT_INDEX) yield file;
  }

  /** @param limitOf gives how many bytes a file may have, null to pass over it, or refuses it. */
  async *#read(limitOf: LimitOf): AsyncGenerator<ReadFile> {
    const gatherer = new FileGatherer(this.location, limitOf);
    const scanner = new TarScanner({ handler: gatherer, limits: DEFAULT_LIMITS, object: this.location });
    let afterEnd = 0;
    for await (const chunk of decode(this.#open(), { object: this.location })) {
      try {
        scanner.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      } catch (fault) {
        const isOther = fault instanceof VarveError && fault.code === 'malformed' && !gatherer.hasBegun;
        throw isOther ? kitNotFound(this.location, 'is not a tar, compressed or not') : fault;
      }
      yield* gatherer.take();
      if (!scanner.ended) continue;
      afterEnd += chunk.length;
      if (afterEnd > MOST_AFTER_END) throw this.#goesOn();
    }
    scanner.end();
    yield* gatherer.take();
  }

  #goesOn(): VarveError {
    return new VarveError('malformed', `${this.location} goes on after its end`, { object: this.location });
  }
}

const PACKED_BY_OTHERS = 'if another program packed this archive, unpack it and name the folder';

type LimitOf = (path: string) => number | null;

/** Gathers files as a scanner passes over them. */
class FileGatherer implements TarHandler {
  readonly #location: string;
  readonly #limitOf: LimitOf;
  /** Whether a first entry was read. */
  hasBegun = false;
  #whole: ReadFile[] = [];
  /** Null while a file is passed over. */
  #bytes: Buffer | null = null;
  #length = 0;

  constructor(location: string, limitOf: LimitOf) {
    this.#location = location;
    this.#limitOf = limitOf;
  }

  /** The files that are whole since the last call. */
  take(): readonly ReadFile[] {
    const whole = this.#whole;
    if (whole.length > 0) this.#whole = [];
    return whole;
  }

  enter({ name, type, size }: TarEntry): void {
    this.hasBegun = true;
    const path = String(name);
    if (type !== 'file') throw this.#refuse('malformed', path, `is a ${type}, not a file`, PACKED_BY_OTHERS);
    const limit = this.#limitOf(path);
    if (limit === null) return;
    if (size > limit)
      throw this.#refuse('limit-exceeded', path, `has ${size} bytes, more than the ${limit} it may have`);
    this.#bytes = Buffer.allocUnsafe(size);
    this.#length = 0;
  }

  content(bytes: Buffer, start: number, end: number): void {
    if (this.#bytes === null) return;
    bytes.copy(this.#bytes, this.#length, start, end);
    this.#length += end - start;
  }

  leave({ name }: TarEntry): void {
    if (this.#bytes !== null) this.#whole.push({ path: String(name), bytes: this.#bytes });
    this.#bytes = null;
  }

  #refuse(code: 'malformed' | 'limit-exceeded', path: string, problem: string, hint?: string): VarveError {
    return new VarveError(code, `${JSON.stringify(path.slice(0, 300))} in ${this.#location} ${problem}`, {
      object: this.#location,
      ...(hint !== undefined && { hint }),
    });
  }
}
