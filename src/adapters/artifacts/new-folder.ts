import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { refuseLinks } from '../filesystem/committed-links.ts';
import { isAbsent, readFault, writeFault } from '../filesystem/file-fault.ts';

/**
 * A folder whose files appear all together or not at all: they are written to a place of their own, and
 * `commit` gives them theirs. A folder that is there stays the one it is, which may be where a shell stands, or another
 * disk. Dispose of it to remove what was not committed.
 */
export class NewFolder implements AsyncDisposable {
  readonly #path: string;
  readonly #isThere: boolean;
  readonly #staging: string;

  private constructor(path: string, isThere: boolean) {
    this.#path = resolve(path);
    this.#isThere = isThere;
    const place = isThere ? this.#path : dirname(this.#path);
    this.#staging = join(place, `.${basename(this.#path)}-${randomUUID()}`);
  }

  /**
   * @param strange folders whose files others chose: no link in them is followed.
   * @throws VarveError `bad-option` when the folder is there and has something in it; `store-unwritable`.
   */
  static async create(path: string, strange: readonly string[]): Promise<NewFolder> {
    refuseLinks(path, strange);
    const names = await namesIn(path);
    if (names === null || names.length === 0) return new NewFolder(path, names !== null);
    throw new VarveError('bad-option', `${path} is not empty`, {
      object: path,
      hint: 'name a folder that is new or empty',
    });
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
      if (this.#isThere) await this.#moveIn();
      else await rename(this.#staging, this.#path);
    } catch (fault) {
      throw writeFault(fault, this.#path);
    }
  }

  async #moveIn(): Promise<void> {
    for (const name of await readdir(this.#staging)) {
      await rename(join(this.#staging, name), join(this.#path, name));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#staging, { recursive: true, force: true });
  }
}

/** Null where there is no folder. */
async function namesIn(path: string): Promise<string[] | null> {
  try {
    return await readdir(path);
  } catch (fault) {
    if (isAbsent(fault)) return null;
    throw readFault(fault, path);
  }
}
