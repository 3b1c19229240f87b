import { randomUUID } from 'node:crypto';
import { dirname, relative } from 'node:path';
import { AT_ONCE, eachOf } from './each-of.ts';
import { errnoOf } from './file-fault.ts';
import type { FileOperations } from './file-operations.ts';
import type { FileTree } from './file-tree.ts';
import { renameThroughGate } from './gated-rename.ts';
import { freshParents, parentsOf, syncDirectories } from './sync-directories.ts';

/** A file that is to be written under the root. */
export interface PendingFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What becomes of a file that has the name already. */
  readonly existing: 'keep' | 'replace';
}

/** Files on their way from temporary names to their own. */
export class Transfer {
  readonly #tree: FileTree;
  readonly #staging: string;
  readonly #operations: FileOperations;
  /** Temporary paths of the files that do not have their names yet. */
  readonly #staged = new Map<PendingFile, string>();
  /** Directories that gained a name and are not synced yet. */
  readonly #changed = new Set<string>();
  /** Directories that need no more syncing unless they are changed again. */
  readonly #synced = new Set<string>();

  constructor(tree: FileTree, staging: string, operations: FileOperations) {
    this.#tree = tree;
    this.#staging = staging;
    this.#operations = operations;
  }

  /** Writes files under temporary names. @param sync whether their bytes are on the disk on return. */
  async stage(files: readonly PendingFile[], sync: boolean): Promise<void> {
    if (files.length > 0) await this.#make(this.#tree.at(this.#staging));
    await eachOf(files, AT_ONCE, async (file) => {
      const temporary = this.#tree.at(`${this.#staging}/${process.pid}-${randomUUID()}`);
      this.#staged.set(file, temporary);
      await this.#operations.writeNew(temporary, file.bytes, sync);
    });
  }

  /** Gives staged files their names. */
  async publish(files: readonly PendingFile[]): Promise<void> {
    for (const file of files) {
      const directory = dirname(this.#tree.at(file.path));
      await this.#make(directory);
      await this.#name(file);
      this.#changed.add(directory);
    }
  }

  /**
   * Gives a staged file its name if a condition holds at that moment; of all who go through one gate, one at a time.
   * @returns false where it got no name, and has to be staged anew.
   */
  async publishIf(file: PendingFile, gate: string, holds: () => boolean): Promise<boolean> {
    const temporary = this.#staged.get(file);
    if (temporary === undefined) return false;
    const target = this.#tree.at(file.path);
    await this.#make(dirname(target));
    const done = await renameThroughGate(temporary, target, gate, this.#operations, holds);
    if (done) this.#changed.add(dirname(target));
    return done;
  }

  /** Puts the names of published files on the disk, and those of the directories on the way to them. */
  async sync(files: readonly PendingFile[]): Promise<void> {
    const fresh = freshParents(
      this.#tree,
      files.map(({ path }) => path),
    );
    const unsynced = new Set([...this.#changed, ...[...fresh].filter((each) => !this.#synced.has(each))]);
    await syncDirectories(this.#tree, unsynced, this.#operations);
    for (const directory of unsynced) this.#synced.add(directory);
    this.#changed.clear();
  }

  /** Removes the temporary files that are left. Trouble with that is none for what was written. */
  async discard(): Promise<void> {
    await eachOf([...this.#staged.values()], AT_ONCE, async (path) => {
      await this.#operations.remove(path).catch(() => undefined);
    });
  }

  /** Makes a directory, and notes every one that gained a name by it. */
  async #make(directory: string): Promise<void> {
    if (this.#changed.has(directory)) return;
    const firstMade = await this.#operations.makeDirectory(directory);
    if (firstMade === undefined) return;
    for (const each of parentsOf(dirname(directory), dirname(firstMade))) this.#changed.add(each);
  }

  async #name(file: PendingFile): Promise<void> {
    const temporary = this.#staged.get(file);
    if (temporary === undefined) return;
    const target = this.#tree.at(file.path);
    if (file.existing === 'keep' && (await this.#linkOrKeep(temporary, target))) return;
    await this.#operations.rename(temporary, target);
    this.#staged.delete(file);
  }

  /** Returns false where the file system has no hard links and the name is free. */
  async #linkOrKeep(from: string, to: string): Promise<boolean> {
    try {
      await this.#operations.link(from, to);
      return true;
    } catch (fault) {
      const errno = errnoOf(fault) ?? '';
      if (errno === 'EEXIST') return true;
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errno)) throw fault;
      return this.#tree.holds(relative(this.#tree.root, to));
    }
  }
}
