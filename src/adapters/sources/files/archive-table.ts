import { posix } from 'node:path';
import { toText } from '../../../base/byte-text.ts';
import { VarveError } from '../../../base/errors.ts';
import { type Limits, limitExceeded } from '../../../base/limits.ts';
import type { TarEntry, TarHandler } from '../../../base/tar/tar-entry.ts';
import type { Finding } from '../../../core/words/finding.ts';
import { shorten } from '../list-names.ts';
import { resolveName } from './image-files.ts';

/** Where an entry's content stands in the uncompressed archive, or what it is a link to. */
export interface ArchiveEntry {
  /** In bytes. */
  offset: number | null;
  size: number;
  /** The name of the entry that a link stands for; null when that would lie outside. Undefined for a file. */
  target: string | null | undefined;
  sparse: boolean;
  /** Whether an entry of the same name stands before it, or one of a link that leads here. */
  isTwice: boolean;
}

/** The documents that say what an archive holds: programs differ on which of two counts. */
const UNIQUE = new Set(['oci-layout', 'index.json', 'manifest.json', 'repositories']);
const LONGEST_CHAIN = 40;

/** A table of an archive's entries, filled by a scanner. The content of the current entry goes to `onContent`. */
export class ArchiveTable implements TarHandler {
  readonly #entries = new Map<string, ArchiveEntry>();
  readonly #limits: Limits;
  readonly #path: string;
  readonly #onContent: (entry: ArchiveEntry, bytes: Buffer) => void;
  readonly #twice: string[] = [];
  readonly #escaping: string[] = [];
  #current: ArchiveEntry | null = null;
  #chunk: Buffer | null = null;
  #chunkOffset = 0;

  constructor(
    path: string,
    limits: Limits,
    onContent: (entry: ArchiveEntry, bytes: Buffer) => void = () => {},
  ) {
    this.#path = path;
    this.#limits = limits;
    this.#onContent = onContent;
  }

  /** Says which bytes are pushed to the scanner next, and where in the archive they stand. */
  beginChunk(chunk: Buffer, offset: number): void {
    this.#chunk = chunk;
    this.#chunkOffset = offset;
  }

  /** Says that the scanner has read up to here: the content of an entry that was just begun follows. */
  endChunk(offset: number): void {
    if (this.#current) this.#current.offset ??= offset;
  }

  enter({ name, type, size, linkName }: TarEntry): void {
    this.#current = null;
    if (type !== 'file' && type !== 'symlink' && type !== 'hardlink') return;
    const key = resolveName(toText(name).replace(/^\/+/, ''));
    if (key === null) this.#escaping.push(toText(name));
    else this.#add(key, size, type === 'file' ? undefined : linkTarget(key, type, toText(linkName)));
  }

  content(bytes: Buffer, start: number, end: number): void {
    if (this.#current === null) return;
    // The zeros of a hole come from elsewhere than the archive.
    if (bytes !== this.#chunk) this.#current.sparse = true;
    this.#current.offset ??= this.#chunkOffset + start;
    this.#onContent(this.#current, bytes.subarray(start, end));
  }

  leave(): void {}

  /**
   * The entry of a name, links followed; null when there is none.
   * @throws VarveError `malformed` for links that lead nowhere, `unsupported` for a sparse file.
   */
  find(name: string): (ArchiveEntry & { readonly offset: number }) | null {
    let key = resolveName(name);
    let isTwice = false;
    for (let steps = 0; steps < LONGEST_CHAIN; steps++) {
      const entry = key === null ? undefined : this.#entries.get(key);
      if (entry === undefined) return null;
      isTwice ||= entry.isTwice;
      if (entry.target === undefined) return this.#checked(name, { ...entry, isTwice });
      key = entry.target;
    }
    throw this.#malformed(`the link ${name} leads back to itself`);
  }

  get findings(): readonly Finding[] {
    return [
      ...summarize('duplicate-entry', this.#twice, 'stand in the archive more than once: the last counts'),
      ...summarize('escaping-entry', this.#escaping, 'lead out of the archive: they are skipped'),
    ];
  }

  #add(key: string, size: number, target: string | null | undefined): void {
    const isTwice = this.#entries.has(key);
    if (isTwice) {
      if (UNIQUE.has(key)) throw this.#malformed(`it has ${key} twice`);
      this.#twice.push(key);
    }
    this.#current = { offset: null, size, target, sparse: false, isTwice };
    this.#entries.set(key, this.#current);
    if (this.#entries.size > this.#limits.layerEntries) {
      throw limitExceeded('layerEntries', this.#limits, `${this.#path}: the number of entries`);
    }
  }

  #checked(name: string, entry: ArchiveEntry): ArchiveEntry & { readonly offset: number } {
    if (entry.sparse) {
      const object = `${this.#path}: ${name}`;
      throw new VarveError('unsupported', `${object} is stored as a sparse file`, {
        object,
        hint: 'pack the archive without --sparse',
      });
    }
    return { ...entry, offset: entry.offset ?? 0 };
  }

  #malformed(problem: string): VarveError {
    return new VarveError('malformed', `${this.#path}: ${problem}`, { object: this.#path });
  }
}

function linkTarget(key: string, type: 'symlink' | 'hardlink', link: string): string | null {
  return resolveName(link, type === 'symlink' ? posix.dirname(key) : '');
}

function summarize(code: string, names: readonly string[], problem: string): Finding[] {
  const [first] = names;
  return first === undefined
    ? []
    : [{ code, detail: `${names.length} entries (${shorten(first)}, …) ${problem}` }];
}
