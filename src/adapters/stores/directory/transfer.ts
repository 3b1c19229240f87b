import { randomUUID } from 'node:crypto';
import { dirname, relative } from 'node:path';
import { eachOf } from '../../filesystem/each-of.ts';
import { errnoOf, isAbsent } from '../../filesystem/file-fault.ts';
import type { FileTree } from '../../filesystem/file-tree.ts';
import type { NewObject } from '../object-tree.ts';
import type { FileOperations } from './file-operations.ts';
import { renameThroughGate } from './gated-rename.ts';
import { isFresh, parentsOf, syncDirectories } from './sync-directories.ts';

/** A directory is removed only while it is empty, so nobody is this unlucky: it is the temporary file that is gone. */
const MOST_TRIES = 50;

/** Files on their way from temporary names to their own. */
export class Transfer {
  readonly #tree: FileTree;
  readonly #staging: string;
  readonly #operations: FileOperations;
  /** Temporary paths of the files that do not have their names yet. */
  readonly #staged = new Map<NewObject, string>();
  /** Directories that gained a name and are not synced yet. */
  readonly #changed = new Set<string>();
  /** Directories that need no more syncing unless they are changed again. */
  readonly #settled = new Set<string>();

  constructor(tree: FileTree, staging: string, operations: FileOperations) {
    this.#tree = tree;
    this.#staging = staging;
    this.#operations = operations;
  }

  /** Writes files under temporary names. @param sync whether their bytes are on the disk on return. */
  async stage(files: readonly NewObject[], sync: boolean): Promise<void> {
    if (files.length > 0) await this.#make(this.#tree.at(this.#staging));
    await eachOf(files, async (file) => {
      const temporary = this.#tree.at(`${this.#staging}/${process.pid}-${randomUUID()}`);
      this.#staged.set(file, temporary);
      await this.#operations.writeNew(temporary, file.bytes, sync);
    });
  }

  /** Gives staged files their names. @returns the paths to keep that another writer has put a file under. */
  async publish(files: readonly NewObject[]): Promise<string[]> {
    const kept: string[] = [];
    for (const file of files) {
      if (!(await this.#place(file))) kept.push(file.path);
    }
    return kept;
  }

  /**
   * Gives a staged file its name if a condition holds at that moment; of all who go through one gate, one at a time.
   * @returns false where it got no name, and has to be staged again.
   */
  async publishIf(file: NewObject, gate: string, holds: () => boolean): Promise<boolean> {
    const temporary = this.#staged.get(file);
    if (temporary === undefined) return false;
    const target = this.#tree.at(file.path);
    await this.#make(dirname(target));
    const done = await renameThroughGate(temporary, target, gate, this.#operations, holds);
    if (done) this.#changed.add(dirname(target));
    return done;
  }

  /** Puts the names of files on the disk, published or found, and those of the directories on the way to them. */
  async sync(files: readonly NewObject[]): Promise<void> {
    const parents = new Set(
      files.flatMap(({ path }) => parentsOf(dirname(this.#tree.at(path)), this.#tree.root)),
    );
    const unknown = [...parents].filter((directory) => !this.#settled.has(directory));
    const fresh = unknown.filter((directory) => isFresh(this.#tree, directory));
    const unsynced = new Set([...this.#changed, ...fresh]);
    await syncDirectories(this.#tree, unsynced, this.#operations);
    for (const directory of [...unknown, ...unsynced]) this.#settled.add(directory);
    this.#changed.clear();
  }

  /** Removes the temporary files that are left. A failure here does not affect what was written. */
  async discard(): Promise<void> {
    await eachOf([...this.#staged.values()], async (path) => {
      await this.#operations.remove(path).catch(() => undefined);
    });
  }

  /** Returns false where a file to keep has the name already. */
  async #place(file: NewObject): Promise<boolean> {
    const directory = dirname(this.#tree.at(file.path));
    for (let tries = 1; ; tries++) {
      await this.#make(directory);
      try {
        const isNamed = await this.#name(file);
        this.#changed.add(directory);
        return isNamed;
      } catch (fault) {
        // Who removed the last file of a directory may have removed that too.
        if (!isAbsent(fault) || tries === MOST_TRIES) throw fault;
        this.#loseDirectory(directory);
      }
    }
  }

  /** Makes a directory, and notes every one that gained a name by it. */
  async #make(directory: string): Promise<void> {
    for (let tries = 1; !this.#changed.has(directory); tries++) {
      try {
        const firstMade = await this.#operations.makeDirectory(directory);
        if (firstMade === undefined) return;
        for (const each of parentsOf(dirname(directory), dirname(firstMade))) this.#changed.add(each);
        return;
      } catch (fault) {
        if (!isAbsent(fault) || tries === MOST_TRIES) throw fault;
        this.#loseDirectory(directory);
      }
    }
  }

  /** Which directories on the way to one are gone, or were made by this process before, is not known: all must be synced. */
  #loseDirectory(directory: string): void {
    for (const each of parentsOf(directory, this.#tree.root)) this.#changed.add(each);
    this.#changed.delete(directory);
  }

  /** Returns false where a file to keep has the name already. */
  async #name(file: NewObject): Promise<boolean> {
    const temporary = this.#staged.get(file);
    if (temporary === undefined) return true;
    const target = this.#tree.at(file.path);
    const linked = file.existing === 'keep' ? await this.#link(temporary, target) : null;
    if (linked !== null) return linked;
    await this.#operations.rename(temporary, target);
    this.#staged.delete(file);
    return true;
  }

  /** Returns false where the name is taken, and null where it is free but the file system has no hard links. */
  async #link(from: string, to: string): Promise<boolean | null> {
    try {
      await this.#operations.link(from, to);
      return true;
    } catch (fault) {
      const errno = errnoOf(fault) ?? '';
      if (errno === 'EEXIST') return false;
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errno)) throw fault;
      return this.#tree.holds(relative(this.#tree.root, to)) ? false : null;
    }
  }
}
