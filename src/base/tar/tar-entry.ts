import type { ByteText } from '../byte-text.ts';

export type TarType = 'file' | 'dir' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';

/** One entry with everything that extended headers say about it. */
export interface TarEntry {
  /** As written, never empty of meaning: leading, trailing and double slashes are still there. */
  readonly name: ByteText;
  readonly type: TarType;
  /** The type byte as written: a type that POSIX does not know is read as a file. */
  readonly typeFlag: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content as a reader of the file sees them; 0 for every type but `file`. */
  readonly size: number;
  /** Whole seconds since 1970, rounded down, and the nanoseconds beyond them. */
  readonly mtime: number;
  readonly mtimeNs: number;
  /** Target of a symlink or hard link; empty otherwise. */
  readonly linkName: ByteText;
  readonly devMajor: number;
  readonly devMinor: number;
  /** Name to value, both as bytes; null when there are none. */
  readonly xattrs: ReadonlyMap<ByteText, ByteText> | null;
  /** Those that only libarchive's keywords state, or state otherwise: container engines do not look at these. */
  readonly libarchiveXattrs: ReadonlyMap<ByteText, ByteText> | null;
}

/** An entry under construction. */
export type MutableTarEntry = { -readonly [K in keyof TarEntry]: TarEntry[K] };

/** What a scanner reports about an archive, in order. */
export interface TarHandler {
  /** An entry begins. The object is used again for the next one. */
  enter(entry: TarEntry): void;
  /** The next part of its content, holes included: `bytes` from `start` to `end`, valid during the call only. */
  content(bytes: Buffer, start: number, end: number): void;
  /** The entry is complete. */
  leave(entry: TarEntry): void;
}

/** Something that the tar format does not allow; the scanner adds where it stands. */
export class TarFault extends Error {
  readonly code: 'malformed' | 'truncated' | 'unsupported';

  constructor(message: string, code: 'malformed' | 'truncated' | 'unsupported' = 'malformed') {
    super(message);
    this.code = code;
  }
}
