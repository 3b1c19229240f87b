import type { ByteText } from '../byte-text.ts';
import { VarveError } from '../errors.ts';
import { type Limits, limitExceeded } from '../limits.ts';
import { ExtendedHeaders, isExtendedHeader } from './extended-headers.ts';
import { BLOCK, checkBlock, FLAG, readHeader } from './header-block.ts';
import { SparseContent } from './sparse-content.ts';
import {
  checkSparseMap,
  LeadingSparseMap,
  type PaxSparse,
  readOldSparse,
  readOldSparseSize,
  type SparseMap,
} from './sparse-map.ts';
import { type MutableTarEntry, type TarEntry, TarFault, type TarHandler } from './tar-entry.ts';
import { isAllZero } from './zeros.ts';

export interface TarScannerOptions {
  readonly handler: TarHandler;
  readonly limits: Limits;
  /** What is being read, for errors: a path, a digest. */
  readonly object: string;
}

/** What the next bytes are. */
type State =
  | 'header'
  /** Content of an extended header, gathered whole. */
  | 'extended'
  /** A block that continues an old GNU sparse map. */
  | 'sparse-extension'
  /** A block of a sparse map that stands before the content. */
  | 'sparse-map'
  | 'content'
  /** The fill up to the next block. */
  | 'padding'
  /** One block of zeros was read: the next one ends the archive. */
  | 'ending'
  | 'ended';

/**
 * A synchronous push machine that reads a tar of any common form: V7, ustar, star, GNU, PAX, sparse files of all kinds.
 * It allocates nothing for a chunk, and for an entry only its texts. What Go's archive/tar refuses, it refuses too:
 * that is what container engines unpack with.
 */
export class TarScanner {
  readonly #handler: TarHandler;
  readonly #limits: Limits;
  readonly #object: string;

  #state: State = 'header';
  /** Bytes still to come in `content`, `padding` and `extended`. */
  #left = 0;
  #padding = 0;
  /** A block that came in several pieces. */
  readonly #block = Buffer.alloc(BLOCK);
  #blockFilled = 0;
  /** Where in the archive the pushed buffer begins, and the last header block. */
  #position = 0;
  #headerAt = 0;

  readonly #entry: MutableTarEntry = {
    name: '',
    type: 'file',
    typeFlag: 0,
    mode: 0,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    mtimeNs: 0,
    linkName: '',
    devMajor: 0,
    devMinor: 0,
    xattrs: null,
    libarchiveXattrs: null,
  };

  readonly #extended: ExtendedHeaders;

  #sparse: SparseContent | null = null;
  #oldSparseMap: number[] = [];
  #sparseSize = 0;
  #leadingMap: LeadingSparseMap | null = null;
  #mapBytes = 0;
  #sparseBytes = 0;

  #endsInHeader = false;
  #trailing = 0;
  #trailingData = 0;

  constructor({ handler, limits, object }: TarScannerOptions) {
    this.#handler = handler;
    this.#limits = limits;
    this.#object = object;
    this.#extended = new ExtendedHeaders(limits, object);
  }

  /** Keywords of global extended headers that would change entries. They are ignored, as container engines do. */
  get globalKeywords(): readonly ByteText[] {
    return this.#extended.globalKeywords;
  }

  /** What global extended headers are called. */
  get globalNames(): readonly ByteText[] {
    return this.#extended.globalNames;
  }

  /** Bytes after the end of the archive, up to the last that is not zero: no reader of the tar will show them. */
  get trailingData(): number {
    return this.#trailingData;
  }

  /** Whether the last extended header stands before the end of the archive, and so before no entry. */
  get endsInHeader(): boolean {
    return this.#endsInHeader;
  }

  /** True once the two blocks of zeros were read that end an archive. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** How many bytes come next that only a handler would look at: content that is stored as it is, and fill. */
  get skippable(): number {
    if (this.#state === 'padding') return this.#left;
    return this.#state === 'content' && this.#sparse === null ? this.#left : 0;
  }

  /** Passes over the `skippable` bytes, for a reader that can seek; the handler gets no content. */
  skip(): void {
    const count = this.skippable;
    this.#position += count;
    this.#left -= count;
    if (this.#state === 'padding') this.#state = 'header';
    else if (this.#state === 'content' && this.#left === 0) this.#leave();
  }

  /**
   * Takes the next bytes of the archive; they may be changed again once the call returns.
   * @throws VarveError `malformed`, `unsupported`, `limit-exceeded`; what the handler throws comes through.
   */
  push(bytes: Buffer): void {
    try {
      for (let at = 0; at < bytes.length; ) at = this.#step(bytes, at);
    } catch (fault) {
      throw this.#located(fault);
    }
    this.#position += bytes.length;
  }

  /**
   * Ends the archive. The two blocks of zeros may be missing, or one of them, as all common readers have it.
   * @throws VarveError `truncated` when something is cut off.
   */
  end(): void {
    const state = this.#state;
    const afterEntry = (state === 'header' && this.#blockFilled === 0) || state === 'padding';
    const inEnd = state === 'ended' || (state === 'ending' && this.#blockFilled === 0);
    if ((afterEntry && !this.#extended.awaitsEntry) || inEnd) return;
    throw this.#located(new TarFault('the archive is cut off', 'truncated'));
  }

  #step(bytes: Buffer, at: number): number {
    const available = bytes.length - at;
    switch (this.#state) {
      case 'content': {
        const length = Math.min(this.#left, available);
        this.#content(bytes, at, at + length);
        return at + length;
      }
      case 'padding': {
        const length = Math.min(this.#left, available);
        this.#left -= length;
        if (this.#left === 0) this.#state = 'header';
        return at + length;
      }
      case 'extended': {
        const length = Math.min(this.#left, available);
        this.#left -= length;
        this.#extended.push(bytes, at, at + length);
        if (this.#left === 0) this.#pad();
        return at + length;
      }
      case 'ended':
        this.#afterEnd(bytes, at);
        return bytes.length;
      default:
        return this.#gatherBlock(bytes, at, available);
    }
  }

  /** Blocks are read where they lie when whole, and from a copy when they came in pieces. */
  #gatherBlock(bytes: Buffer, at: number, available: number): number {
    if (this.#blockFilled === 0 && available >= BLOCK) {
      this.#takeBlock(bytes, at, this.#position + at);
      return at + BLOCK;
    }
    const length = Math.min(BLOCK - this.#blockFilled, available);
    bytes.copy(this.#block, this.#blockFilled, at, at + length);
    this.#blockFilled += length;
    if (this.#blockFilled === BLOCK) {
      this.#blockFilled = 0;
      this.#takeBlock(this.#block, 0, this.#position + at + length - BLOCK);
    }
    return at + length;
  }

  #takeBlock(block: Buffer, at: number, position: number): void {
    switch (this.#state) {
      case 'header':
        this.#headerAt = position;
        if (checkBlock(block, at)) this.#header(block, at);
        else this.#zeroBlock();
        break;
      case 'sparse-extension':
        this.#countMapBlock();
        if (!readOldSparse(block, at, 'extension', this.#oldSparseMap)) {
          this.#beginSparse(this.#oldSparseMap, this.#sparseSize);
        }
        break;
      case 'sparse-map':
        this.#leadingMapBlock(block, at);
        break;
      case 'ending':
        if (!isAllZero(block, at, at + BLOCK))
          throw new TarFault('a lone block of zeros stands between entries');
        this.#state = 'ended';
    }
  }

  /** An extended header before the end applies to no entry: common readers end here all the same. */
  #zeroBlock(): void {
    this.#endsInHeader = this.#extended.awaitsEntry;
    this.#state = 'ending';
  }

  #header(block: Buffer, at: number): void {
    const entry = this.#entry;
    readHeader(block, at, entry);
    if (isExtendedHeader(entry.typeFlag)) this.#beginExtended(entry);
    else if (entry.typeFlag === FLAG.gnuSparse) this.#beginOldSparse(block, at);
    else this.#beginEntry(this.#extended.apply(entry));
  }

  #beginExtended(header: TarEntry): void {
    const { size } = header;
    this.#extended.begin(header);
    this.#left = size;
    this.#padding = paddingOf(size);
    if (size > 0) this.#state = 'extended';
  }

  #beginOldSparse(block: Buffer, at: number): void {
    this.#extended.apply(this.#entry);
    this.#sparseSize = readOldSparseSize(block, at);
    this.#oldSparseMap = [];
    this.#mapBytes = 0;
    if (readOldSparse(block, at, 'header', this.#oldSparseMap)) this.#state = 'sparse-extension';
    else this.#beginSparse(this.#oldSparseMap, this.#sparseSize);
  }

  #beginEntry(sparse: PaxSparse | null): void {
    const entry = this.#entry;
    if (entry.typeFlag === FLAG.oldFile && entry.name.endsWith('/')) entry.type = 'dir';
    if (entry.type !== 'file') {
      if (sparse !== null) throw new TarFault(`a sparse ${entry.type}`);
      // As POSIX has it, the size of these types says nothing of the archive.
      entry.size = 0;
      if (entry.type !== 'symlink' && entry.type !== 'hardlink') entry.linkName = '';
      this.#handler.enter(entry);
      this.#leave();
      return;
    }
    entry.linkName = '';
    if (entry.size < 0) throw new TarFault('the size is negative');
    this.#left = entry.size;
    this.#padding = paddingOf(entry.size);
    if (sparse === null) {
      this.#handler.enter(entry);
      if (entry.size === 0) this.#leave();
      else this.#state = 'content';
      return;
    }
    if (sparse.name !== null) entry.name = sparse.name;
    if (sparse.map !== null) {
      this.#beginSparse(sparse.map, sparse.size ?? entry.size);
      return;
    }
    this.#sparseSize = sparse.size ?? entry.size;
    this.#leadingMap = new LeadingSparseMap();
    this.#mapBytes = 0;
    this.#state = 'sparse-map';
  }

  /** The map belongs to the stored content and counts in its size. */
  #leadingMapBlock(block: Buffer, at: number): void {
    this.#countMapBlock();
    if (this.#left < BLOCK) throw new TarFault('the sparse map is longer than its file');
    this.#left -= BLOCK;
    this.#entry.size = this.#left;
    const map = this.#leadingMap?.push(block, at) ?? null;
    if (map !== null) this.#beginSparse(map, this.#sparseSize);
  }

  #countMapBlock(): void {
    this.#mapBytes += BLOCK;
    if (this.#mapBytes > this.#limits.headerBytes) {
      throw limitExceeded('headerBytes', this.#limits, `${this.#object}: a sparse map`);
    }
  }

  /** Begins a sparse file; `entry.size` is still what is stored. */
  #beginSparse(map: SparseMap, expanded: number): void {
    const entry = this.#entry;
    if (entry.size < 0) throw new TarFault('the size is negative');
    checkSparseMap(map, expanded, entry.size);
    this.#sparseBytes += expanded;
    if (this.#sparseBytes > this.#limits.sparseBytes) {
      throw limitExceeded('sparseBytes', this.#limits, `${this.#object}: the expanded sparse files`);
    }
    this.#left = entry.size;
    this.#padding = paddingOf(entry.size);
    entry.size = expanded;
    entry.type = 'file';
    entry.linkName = '';
    this.#sparse = new SparseContent(map, expanded);
    this.#handler.enter(entry);
    if (this.#left === 0) this.#leave();
    else this.#state = 'content';
  }

  #content(bytes: Buffer, start: number, end: number): void {
    if (this.#sparse === null) this.#handler.content(bytes, start, end);
    else this.#sparse.push(bytes, start, end, this.#handler);
    this.#left -= end - start;
    if (this.#left === 0) this.#leave();
  }

  #leave(): void {
    this.#sparse?.end(this.#handler);
    this.#sparse = null;
    this.#handler.leave(this.#entry);
    this.#pad();
  }

  #pad(): void {
    this.#left = this.#padding;
    this.#padding = 0;
    this.#state = this.#left === 0 ? 'header' : 'padding';
  }

  #afterEnd(bytes: Buffer, at: number): void {
    if (!isAllZero(bytes, at, bytes.length)) {
      let last = bytes.length;
      while (bytes[last - 1] === 0) last--;
      this.#trailingData = this.#trailing + last - at;
    }
    this.#trailing += bytes.length - at;
  }

  #located(fault: unknown): unknown {
    if (!(fault instanceof TarFault)) return fault;
    const message = `${this.#object}: in the tar at byte ${this.#headerAt}: ${fault.message}`;
    return new VarveError(fault.code, message, { object: this.#object });
  }
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
