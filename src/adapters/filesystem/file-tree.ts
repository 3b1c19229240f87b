import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { errnoOf, isAbsent, readFault } from './file-fault.ts';

export interface TreeEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'other';
}

/**
 * Reads the files under one root. Paths are relative to it, with slashes; errors name them so.
 * Small files are read synchronously: it costs microseconds where a trip through the thread pool costs ten times that.
 */
export class FileTree {
  readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
  }

  /** The place of a path on the machine. */
  at(path: string): string {
    return join(this.root, path);
  }

  /**
   * The bytes of a regular file; null when nothing is there. Waits on no pipe or device and follows no link.
   * @throws VarveError `malformed` when something else than a file is there, `limit-exceeded` over `maxBytes`.
   */
  read(path: string, maxBytes: number): Buffer | null {
    return this.#readFile(path, (size) => {
      if (size > maxBytes) throw tooLarge(path, size, maxBytes);
      return size;
    });
  }

  /** The first bytes of a file, all of a short one; null when nothing is there. @throws VarveError as `read` does. */
  readBeginning(path: string, bytes: number): Buffer | null {
    return this.#readFile(path, (size) => Math.min(size, bytes));
  }

  /** @param wanted how many bytes to read of a file of some size. */
  #readFile(path: string, wanted: (size: number) => number): Buffer | null {
    let file: number;
    try {
      file = openSync(this.at(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    } catch (fault) {
      if (isAbsent(fault)) return null;
      throw errnoOf(fault) === 'ELOOP' || errnoOf(fault) === 'ENXIO'
        ? notAFile(path)
        : readFault(fault, path);
    }
    try {
      return readOpened(file, path, wanted);
    } catch (fault) {
      throw readFault(fault, path);
    } finally {
      closeSync(file);
    }
  }

  /** Tells whether a regular file is there. */
  holds(path: string): boolean {
    return this.#stat(path)?.isFile() ?? false;
  }

  /** Length of a regular file in bytes; null when none is there. */
  sizeOf(path: string): number | null {
    const stat = this.#stat(path);
    return stat?.isFile() ? stat.size : null;
  }

  /** Milliseconds since 1970 of the last change of a file or of a directory's names; null when nothing is there. */
  changedAt(path: string): number | null {
    return this.#stat(path)?.mtimeMs ?? null;
  }

  /** What is in a directory, sorted by name; empty when nothing is there. */
  list(path: string): TreeEntry[] {
    let entries: Dirent[];
    try {
      entries = readdirSync(this.at(path), { withFileTypes: true });
    } catch (fault) {
      if (isAbsent(fault)) return [];
      throw readFault(fault, this.at(path));
    }
    return entries
      .map((entry): TreeEntry => ({ name: entry.name, type: typeOf(entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #stat(path: string) {
    try {
      return lstatSync(this.at(path), { throwIfNoEntry: false });
    } catch (fault) {
      if (errnoOf(fault) === 'ENOTDIR') return undefined;
      throw readFault(fault, path);
    }
  }
}

function readOpened(file: number, path: string, wanted: (size: number) => number): Buffer {
  const stat = fstatSync(file);
  if (!stat.isFile()) throw notAFile(path);
  const bytes = Buffer.allocUnsafe(wanted(stat.size));
  let length = 0;
  while (length < bytes.length) {
    const count = readSync(file, bytes, length, bytes.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function tooLarge(path: string, size: number, most: number): VarveError {
  const problem = `has ${size} bytes, more than the ${most} it may have`;
  return new VarveError('limit-exceeded', `${path} ${problem}`, { object: path });
}

function notAFile(path: string): VarveError {
  return new VarveError('malformed', `${path} is not a regular file`, { object: path });
}

function typeOf(entry: Dirent): TreeEntry['type'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : 'other';
}

/** Something below a directory that is not itself a directory. */
export interface WalkedFile {
  readonly path: string;
  /** False for links, pipes and the like. */
  readonly regular: boolean;
}

/** Everything below a directory, sorted by name within each; nothing when it is absent. Follows no link. */
export function* walk(tree: FileTree, directory: string): Generator<WalkedFile> {
  for (const { name, type } of tree.list(directory)) {
    const path = `${directory}/${name}`;
    if (type === 'directory') yield* walk(tree, path);
    else yield { path, regular: type === 'file' };
  }
}
