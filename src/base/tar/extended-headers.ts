import type { ByteText } from '../byte-text.ts';
import { type Limits, limitExceeded } from '../limits.ts';
import { FLAG, readText } from './header-block.ts';
import { applyPaxRecords, isMeaningfulRecord, type PaxRecords, readPaxRecords } from './pax-records.ts';
import { type PaxSparse, readPaxSparse } from './sparse-map.ts';
import { type MutableTarEntry, type TarEntry, TarFault } from './tar-entry.ts';

const FLAGS: ReadonlySet<number> = new Set([
  FLAG.paxLocal,
  FLAG.paxGlobal,
  FLAG.gnuLongName,
  FLAG.gnuLongLink,
]);

/** Tells whether what has this type byte says something about the entries that follow. */
export function isExtendedHeader(flag: number): boolean {
  return FLAGS.has(flag);
}

/** Gathers what extended headers say, and lays it over the entry that they stand before. */
export class ExtendedHeaders {
  readonly #limits: Limits;
  readonly #object: string;

  #flag = 0;
  #left = 0;
  #gathered = Buffer.allocUnsafeSlow(2048);
  #filled = 0;

  #local: PaxRecords | null = null;
  readonly #globalKeywords = new Set<ByteText>();
  readonly #globalNames = new Set<ByteText>();
  #globalBytes = 0;
  #longName: ByteText = '';
  #longLink: ByteText = '';
  #awaitsEntry = false;

  /** @param object is what is read, for errors. */
  constructor(limits: Limits, object: string) {
    this.#limits = limits;
    this.#object = object;
  }

  /** Whether an entry must follow. */
  get awaitsEntry(): boolean {
    return this.#awaitsEntry;
  }

  /** Keywords of global headers that would change entries. */
  get globalKeywords(): readonly ByteText[] {
    return [...this.#globalKeywords];
  }

  /** What global headers are called. */
  get globalNames(): readonly ByteText[] {
    return [...this.#globalNames];
  }

  /**
   * Begins a header whose content has a size in bytes.
   * @throws TarFault, VarveError `limit-exceeded` over `limits.headerBytes`
   */
  begin({ typeFlag: flag, size, name }: TarEntry): void {
    if (size < 0) throw new TarFault('the size is negative');
    this.#limit(size);
    this.#flag = flag;
    this.#left = size;
    this.#filled = 0;
    if (flag === FLAG.paxGlobal) this.#beginGlobal(name);
    else this.#awaitsEntry = true;
    if (size === 0) this.#read(this.#gathered, 0, 0);
  }

  /** Takes the next part of the content; the last part completes the header. @throws TarFault */
  push(bytes: Buffer, start: number, end: number): void {
    this.#left -= end - start;
    if (this.#left === 0 && this.#filled === 0) {
      this.#read(bytes, start, end);
      return;
    }
    this.#gather(bytes, start, end);
    if (this.#left === 0) this.#read(this.#gathered, 0, this.#filled);
  }

  /**
   * Lays over what its block says: local headers, then GNU's long names. Global headers say nothing to container
   * engines, so they say nothing here.
   * @see https://pkg.go.dev/archive/tar#Header
   * @returns what they say of a sparse file.
   * @throws TarFault
   */
  apply(entry: MutableTarEntry): PaxSparse | null {
    const records = this.#local;
    if (records !== null) applyPaxRecords(entry, records);
    if (this.#longName !== '') entry.name = this.#longName;
    if (this.#longLink !== '') entry.linkName = this.#longLink;
    this.#forget();
    return records === null ? null : readPaxSparse(records);
  }

  /** Drops what stands before an entry. A global header in between ends it too: to Go's reader that is an entry. */
  #forget(): void {
    this.#awaitsEntry = false;
    this.#local = null;
    this.#longName = '';
    this.#longLink = '';
  }

  #beginGlobal(name: ByteText): void {
    this.#forget();
    if (this.#globalNames.has(name)) return;
    this.#globalNames.add(name);
    this.#globalBytes += name.length;
    this.#limit(this.#globalBytes);
  }

  #gather(bytes: Buffer, start: number, end: number): void {
    const filled = this.#filled + end - start;
    if (filled > this.#gathered.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(filled, 2 * this.#gathered.length));
      this.#gathered.copy(grown, 0, 0, this.#filled);
      this.#gathered = grown;
    }
    bytes.copy(this.#gathered, this.#filled, start, end);
    this.#filled = filled;
  }

  #read(bytes: Buffer, start: number, end: number): void {
    switch (this.#flag) {
      case FLAG.gnuLongName:
        this.#longName = readText(bytes, start, end - start);
        break;
      case FLAG.gnuLongLink:
        this.#longLink = readText(bytes, start, end - start);
        break;
      case FLAG.paxGlobal:
        this.#noteGlobals(readPaxRecords(bytes, start, end));
        break;
      default:
        this.#local = readPaxRecords(bytes, start, end);
    }
  }

  #noteGlobals(records: PaxRecords): void {
    for (const key of records.keys()) {
      if (!isMeaningfulRecord(key) || this.#globalKeywords.has(key)) continue;
      this.#globalKeywords.add(key);
      this.#globalBytes += key.length;
    }
    this.#limit(this.#globalBytes);
  }

  #limit(size: number): void {
    if (size > this.#limits.headerBytes) {
      throw limitExceeded(
        'headerBytes',
        this.#limits,
        `${this.#object}: an extended header of ${size} bytes`,
      );
    }
  }
}
