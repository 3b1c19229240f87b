import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { isAbsent, readFault, writeFault } from '../filesystem/file-fault.ts';

/**
 * A folder that comes to be whole or not at all: files are written beside it, and `commit` gives them their place.
 * Dispose of it to remove what was not committed.
 */
export class NewFolder implements AsyncDisposable {
  readonly #path: string;
  readonly #staging: string;

  private constructor(path: string) {
    this.#path = resolve(path);
    this.#staging = join(dirname(this.#path), `.${basename(this.#path)}-${randomUUID()}`);
  }

  /** @throws VarveError `bad-option` when the folder is there and has something in it. */
  static async create(path: string): Promise<NewFolder> {
    if ((await namesIn(path)).length > 0) {
      throw new VarveError('bad-option', `${path} is not empty`, {
        object: path,
        hint: 'name a folder that is new or empty',
      });
    }
    return new NewFolder(path);
  }

  /** @throws VarveError `store-unwritable`; what reading the bytes throws. */
  async write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const target = join(this.#staging, path);
    try {
      await makeDirectory(dirname(target));
      const file = await open(target, 'wx');
      try {
        for await (const chunk of bytes) await file.writeFile(chunk);
      } finally {
        await file.close();
      }
    } catch (fault) {
      throw writeFault(fault, path);
    }
  }

  async commit(): Promise<void> {
    try {
      await makeDirectory(this.#staging);
      await rmdir(this.#path).catch((fault: unknown) => {
        if (!isAbsent(fault)) throw fault;
      });
      await rename(this.#staging, this.#path);
    } catch (fault) {
      throw writeFault(fault, this.#path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#staging, { recursive: true, force: true });
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (fault) {
    if (isAbsent(fault)) return [];
    throw readFault(fault, path);
  }
}
