import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type ByteText, fromText, toText } from '../../base/byte-text.ts';
import { VarveError } from '../../base/errors.ts';
import { type Limits, limitExceeded } from '../../base/limits.ts';
import { withPauses } from '../../base/pausable.ts';
import { ROOT } from '../../core/layer/entry-path.ts';
import type { RootFile } from '../../core/sbom/root-files.ts';
import type { RootFolders } from '../../core/sbom/root-folders.ts';
import { errnoOf, readFault } from '../filesystem/file-fault.ts';

const CHUNK = 256 * 1024;
/** Bytes of one file that are hashed between two stops. */
const STRIDE = 64 * 1024 * 1024;

export const rootFolders: RootFolders = {
  walk: (folder, limits, signal) => withPauses(new RootFolder(folder, limits, signal).walk(), signal),
};

/** One walk through a root filesystem. What waits is the rest of each folder on the way, and nothing else. */
class RootFolder {
  readonly #shown: string;
  readonly #root: ByteText;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK);
  /** Hashes by inode of files that have several names: each is read once. */
  readonly #hashes = new Map<string, string>();
  #entries = 0;
  #bytes = 0;

  constructor(folder: string, limits: Limits, signal: AbortSignal) {
    this.#shown = folder;
    this.#root = fromText(resolve(folder));
    this.#limits = limits;
    this.#signal = signal;
  }

  async *walk(): AsyncGenerator<RootFile> {
    // A path is listed; one with a slash at its end is gone into. Sorted as they are, these give the order of paths.
    const waiting = this.#inside('', [ROOT]);
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (path.endsWith('/')) {
        for (const each of this.#inside(path)) waiting.push(each);
        continue;
      }
      const entry = await this.#look(path);
      if (entry === null) continue;
      this.#entries += 1;
      if (this.#entries > this.#limits.layerEntries)
        throw limitExceeded('layerEntries', this.#limits, `${this.#shown}: the number of names`);
      yield entry;
    }
  }

  /** What stands in a folder, the last first. */
  #inside(folder: ByteText, more: readonly ByteText[] = []): ByteText[] {
    const found = this.#attempt(folder, (place) =>
      readdirSync(place, { encoding: 'latin1', withFileTypes: true }),
    );
    const paths = [...more];
    for (const each of found) {
      const path = `${folder}${each.name}`;
      paths.push(path);
      if (each.isDirectory()) paths.push(`${path}/`);
    }
    return paths.sort().reverse();
  }

  /** Null for a socket. */
  async #look(path: ByteText): Promise<RootFile | null> {
    const stat = this.#attempt(path, (place) => lstatSync(place, { bigint: true }));
    const type = typeOf(stat);
    if (type === null) return null;
    const common = { path, mode: Number(stat.mode & 0o7777n), uid: Number(stat.uid), gid: Number(stat.gid) };
    const bare = { ...common, type, size: 0, sha256: '', linkTarget: null, device: null };
    if (type === 'file') return { ...bare, ...(await this.#read(path, stat)) };
    if (type === 'char' || type === 'block') return { ...bare, device: deviceOf(stat.rdev) };
    if (type !== 'symlink') return bare;
    return {
      ...bare,
      linkTarget: this.#attempt(path, (place) => readlinkSync(place, { encoding: 'latin1' })),
    };
  }

  async #read(
    path: ByteText,
    stat: BigIntStats,
  ): Promise<{ readonly size: number; readonly sha256: string }> {
    const inode = `${stat.dev}:${stat.ino}`;
    const known = stat.nlink > 1n ? this.#hashes.get(inode) : undefined;
    if (known !== undefined) return { size: Number(stat.size), sha256: known };
    // A sparse file costs nothing to make: what is too much is not begun.
    this.#checkBytes(Number(stat.size));
    const read = await this.#hash(path);
    this.#bytes += read.size;
    if (stat.nlink > 1n) this.#hashes.set(inode, read.sha256);
    return read;
  }

  async #hash(path: ByteText): Promise<{ readonly size: number; readonly sha256: string }> {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = this.#attempt(path, (place) => openSync(place, flags));
    try {
      if (!fstatSync(file).isFile()) throw this.#changed(path);
      const hash = createHash('sha256');
      let size = 0;
      for (;;) {
        const count = this.#attempt(path, () => readSync(file, this.#buffer, 0, CHUNK, null));
        if (count === 0) return { size, sha256: hash.digest('hex') };
        hash.update(this.#buffer.subarray(0, count));
        size += count;
        this.#checkBytes(size);
        if (size % STRIDE < CHUNK && size > CHUNK) await setImmediate();
        this.#signal.throwIfAborted();
      }
    } finally {
      closeSync(file);
    }
  }

  #checkBytes(size: number): void {
    if (this.#bytes + size > this.#limits.layerBytes)
      throw limitExceeded('layerBytes', this.#limits, `${this.#shown}: the size of its files`);
  }

  /** @throws VarveError for a fault of the file system, with the path. */
  #attempt<T>(path: ByteText, action: (place: Buffer) => T): T {
    try {
      return action(Buffer.from(`${this.#root}/${path}`, 'latin1'));
    } catch (fault) {
      if (errnoOf(fault) === 'ELOOP') throw this.#changed(path);
      if (errnoOf(fault) === 'ENAMETOOLONG') throw this.#tooLong(path);
      throw readFault(fault, this.#name(path));
    }
  }

  #changed(path: ByteText): VarveError {
    const object = this.#name(path);
    const hint = 'scan what nobody writes to';
    return new VarveError('unreachable', `${object} was changed while it was read`, { object, hint });
  }

  #tooLong(path: ByteText): VarveError {
    const object = `${this.#name(path).slice(0, 80)}…`;
    const hint = 'programs cannot open it by its path either: leave it out of what is built';
    return new VarveError('unsupported', `the path ${object} is longer than the system takes`, {
      object,
      hint,
    });
  }

  #name(path: ByteText): string {
    return `${this.#shown}/${toText(path)}`;
  }
}

function typeOf(stat: BigIntStats): RootFile['type'] | null {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'dir';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  return stat.isFIFO() ? 'fifo' : null;
}

/** @see https://sourceware.org/git/?p=glibc.git;a=blob;f=bits/sysmacros.h */
function deviceOf(number: bigint): { readonly major: number; readonly minor: number } {
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}
