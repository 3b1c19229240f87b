import { VarveError } from '../../base/errors.ts';
import type { KitIndex } from './kit-index.ts';

/** A file of a kit as it is read, not verified. */
export interface ReadFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Port: a kit that is read, wherever it is. It is a stranger's. */
export interface KitReader {
  /** How a user names it. */
  readonly location: string;
  /** The bytes of the index. @throws VarveError `not-a-kit` where there is none; `malformed`, `truncated`, `limit-exceeded`. */
  readIndex(): Promise<Uint8Array>;
  /**
   * The files that an index lists, in its order; each call reads them again. None is larger than the index says.
   * @throws VarveError `blob-missing` for one that is not there; `malformed`, `truncated`, `size-mismatch`, `limit-exceeded`.
   */
  readFiles(index: KitIndex): AsyncIterable<ReadFile>;
}

/** Port: a kit that is written. Dispose of it to remove what was not committed. */
export interface KitWriter extends AsyncDisposable {
  readonly location: string;
  /** @param bytes of the index, which an archive begins with. */
  begin(index: KitIndex, bytes: Uint8Array): Promise<void>;
  /** Adds a file, in the order of the index. */
  add(path: string, bytes: Uint8Array): Promise<void>;
  /** The kit is whole: when this returns, it is on the disk. */
  commit(): Promise<void>;
}

/** The error for a file that the index lists and the kit does not have. */
export function missingFile(path: string): VarveError {
  return new VarveError('blob-missing', `${path} is missing`, { object: path });
}
