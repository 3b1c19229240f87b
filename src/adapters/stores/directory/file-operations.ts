import { constants } from 'node:fs';
import { link, open, rename, rm, rmdir } from 'node:fs/promises';
import { makeDirectory } from '../../../base/make-directory.ts';
import { errnoOf } from '../../filesystem/file-fault.ts';

/** The steps that durable writing is made of. A parameter, so that tests can fail or kill any one of them. */
export interface FileOperations {
  /** Makes a directory and its missing parents; returns the first one that was missing. */
  makeDirectory(path: string): Promise<string | undefined>;
  /** Writes a new file; when `sync` is set, its bytes are on the disk on return. Fails when the path exists. */
  writeNew(path: string, bytes: Uint8Array, sync: boolean): Promise<void>;
  /** Gives a file a second name. Fails with EEXIST when the name is taken. */
  link(from: string, to: string): Promise<void>;
  /** Moves a file, replacing what has the name. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a whole directory; absent is fine. */
  remove(path: string): Promise<void>;
  /** Removes a directory if nothing is in it; absent is fine. */
  removeEmpty(path: string): Promise<void>;
  /** Returns when the names in a directory are on the disk. */
  syncDirectory(path: string): Promise<void>;
}

export const nodeFileOperations: FileOperations = {
  makeDirectory,

  async writeNew(path, bytes, sync) {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(bytes);
      if (sync) await file.sync();
    } finally {
      await file.close();
    }
  },

  link,
  rename,
  remove: (path) => rm(path, { force: true, recursive: true }),

  async removeEmpty(path) {
    try {
      await rmdir(path);
    } catch (fault) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(fault) ?? '')) throw fault;
    }
  },

  async syncDirectory(path) {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};
