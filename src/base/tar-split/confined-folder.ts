import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import { type ByteText, toText } from '../byte-text.ts';
import { VarveError } from '../errors.ts';
import { unreadable } from '../file-range.ts';

/** Each folder on the way to a file is held open. */
const MOST_FOLDERS = 256;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
const FILE = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

interface HeldFolder {
  readonly name: ByteText;
  readonly descriptor: number;
}

/**
 * A folder of a stranger's files, through which no file outside it can be reached: every step down starts from an open
 * folder and follows no link, whatever changes meanwhile. Linux only, as it needs `/proc`. Dispose of it to close its folders.
 */
export class ConfinedFolder implements Disposable {
  readonly #path: string;
  /** The way to the last file: the root, then each folder in the one before. */
  readonly #way: HeldFolder[] = [];
  #folder: ByteText | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Opens a regular file of exactly `size` bytes. Quickest when files of one folder are asked for in a row.
   * @param name relative, its parts separated by slashes; a leading slash and parts `.` say nothing.
   * @returns a descriptor, which the caller closes.
   * @throws VarveError `malformed` for a name that leads nowhere or out, `size-mismatch`, `unsupported` for anything
   * but a file and for more than 256 folders, `denied`, `unreachable`.
   */
  open(name: ByteText, size: number): number {
    const slash = name.lastIndexOf('/');
    const base = name.slice(slash + 1);
    const folder = name.slice(0, Math.max(slash, 0));
    if (isNowhere(base)) throw this.#refused(name);
    try {
      const within = folder === this.#folder ? (this.#way.at(-1) as HeldFolder) : this.#enter(folder);
      const path = pathIn(within.descriptor, base);
      // Opening a device may set it off, so look first.
      const stat = lstatSync(path);
      if (!stat.isFile()) throw this.#fault('unsupported', name, 'is not a file');
      if (stat.size !== size) {
        throw this.#fault('size-mismatch', name, `has ${stat.size} bytes, and should have ${size}`);
      }
      return openSync(path, FILE);
    } catch (fault) {
      throw unreadable(fault, this.nameOf(name));
    }
  }

  [Symbol.dispose](): void {
    this.#leave(0);
  }

  #enter(folder: ByteText): HeldFolder {
    this.#folder = null;
    const parts = folder.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.some(isNowhere)) throw this.#refused(folder);
    if (parts.length > MOST_FOLDERS) throw this.#fault('unsupported', folder, 'is too deep');
    if (this.#way.length === 0) this.#way.push({ name: '', descriptor: openSync(this.#path, FOLDER) });
    let shared = 0;
    while (shared < parts.length && this.#way[shared + 1]?.name === parts[shared]) shared++;
    this.#leave(shared + 1);
    for (const name of parts.slice(shared)) {
      const { descriptor } = this.#way.at(-1) as HeldFolder;
      this.#way.push({ name, descriptor: openSync(pathIn(descriptor, name), FOLDER) });
    }
    this.#folder = folder;
    return this.#way.at(-1) as HeldFolder;
  }

  /** Closes all but the first folders of the way. */
  #leave(kept: number): void {
    for (const { descriptor } of this.#way.splice(kept)) closeSync(descriptor);
  }

  /** How errors call a file in here. */
  nameOf(name: ByteText): string {
    return `${this.#path}/${toText(name)}`;
  }

  #refused(name: ByteText): VarveError {
    return this.#fault('malformed', name, 'is not the name of a file in there');
  }

  #fault(code: 'malformed' | 'size-mismatch' | 'unsupported', name: ByteText, what: string): VarveError {
    const object = this.nameOf(name);
    return new VarveError(code, `${object} ${what}`, { object });
  }
}

function isNowhere(part: ByteText): boolean {
  return part === '' || part === '.' || part === '..' || part.includes('\0');
}

/** What a name in an open folder is called for the kernel, whatever the folder itself is called by then. */
function pathIn(descriptor: number, name: ByteText): string | Buffer {
  const path = `/proc/self/fd/${descriptor}/${name}`;
  return toText(name) === name ? path : Buffer.from(path, 'latin1');
}
