import { hash, randomUUID } from 'node:crypto';
import { dirname, relative } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { eachOf } from './each-of.ts';
import { errnoOf, writeFault } from './file-fault.ts';
import { withFileLock } from './file-lock.ts';
import { type FileOperations, nodeFileOperations } from './file-operations.ts';
import type { FileTree } from './file-tree.ts';

/** A file that is to be written under the root. */
export interface PendingFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What becomes of a file that has the name already. */
  readonly existing: 'keep' | 'replace';
}

/** Disks gain from a few syncs at once, and no more from many. */
const AT_ONCE = 8;
/** A directory that changed within this many milliseconds may hold a name that its writer has not synced yet. */
const FRESH = 5_000;
/** A temporary file older than this many milliseconds was left by a process that died. */
const ABANDONED_AFTER = 24 * 3600_000;

/**
 * Writes files under a root so that each is there whole or not at all, and still there after a power cut once the
 * call has returned. Any number of processes may write one root at once.
 */
export class DurableWriter {
  readonly #tree: FileTree;
  readonly #staging: string;
  readonly #operations: FileOperations;
  #swept = false;

  /** @param staging the directory for temporary files, on the file system of all the others. */
  constructor(tree: FileTree, staging: string, operations: FileOperations = nodeFileOperations) {
    this.#tree = tree;
    this.#staging = staging;
    this.#operations = operations;
  }

  /**
   * Writes groups of files, all of a group before any of the next becomes visible.
   * All bytes are on the disk before the first file gets its name.
   * @throws VarveError `store-unwritable`; no file is half there then.
   */
  async commit(groups: readonly (readonly PendingFile[])[]): Promise<void> {
    const staged = new Map<PendingFile, string>();
    try {
      await this.#stage(groups.flat(), true, staged);
      const synced = new Set<string>();
      for (const group of groups) await this.#publish(group, staged, synced);
    } catch (fault) {
      throw writeFault(fault, this.#nameOf(fault));
    } finally {
      await this.#discard([...staged.values()]);
    }
  }

  /** Writes files that are derived from others: whole or not at all, but not synced. */
  async place(files: readonly PendingFile[]): Promise<void> {
    const staged = new Map<PendingFile, string>();
    try {
      await this.#stage(files, false, staged);
      await eachOf(files, AT_ONCE, async (file) => {
        await this.#operations.makeDirectory(dirname(this.#tree.at(file.path)));
        await this.#name(file, staged);
      });
    } catch (fault) {
      throw writeFault(fault, this.#nameOf(fault));
    } finally {
      await this.#discard([...staged.values()]);
    }
  }

  /**
   * Changes a file in one step that no other writer's `update` can come between.
   * @param change gets the present bytes (null when absent, none when no such file can be read) and returns the new
   * ones, or null to leave the file.
   */
  async update(
    path: string,
    maxBytes: number,
    change: (present: Buffer | null) => Uint8Array | null,
  ): Promise<void> {
    if (change(this.#present(path, maxBytes)) === null) return;
    try {
      await this.#operations.makeDirectory(this.#tree.at(this.#staging));
      const lock = this.#tree.at(`${this.#staging}/lock-${hash('sha256', path, 'hex').slice(0, 32)}`);
      await withFileLock(lock, this.#operations, async () => {
        const bytes = change(this.#present(path, maxBytes));
        if (bytes !== null) await this.commit([[{ path, bytes, existing: 'replace' }]]);
      });
    } catch (fault) {
      throw writeFault(fault, path);
    }
  }

  /**
   * Makes sure that files which were found in place are so on the disk too: another process may have named them a
   * moment ago and not yet synced the directories on the way.
   */
  async settle(paths: readonly string[]): Promise<void> {
    await this.#sync(this.#freshParents(paths));
  }

  /** Removes files that others are derived from no longer; those that are gone already are fine. */
  async remove(paths: readonly string[]): Promise<void> {
    await eachOf(paths, AT_ONCE, async (path) => {
      try {
        await this.#operations.remove(this.#tree.at(path));
      } catch (fault) {
        throw writeFault(fault, path);
      }
    });
  }

  #present(path: string, maxBytes: number): Buffer | null {
    try {
      return this.#tree.read(path, maxBytes);
    } catch (fault) {
      if (fault instanceof VarveError && fault.kind === 'bytes') return Buffer.alloc(0);
      throw fault;
    }
  }

  async #stage(
    files: readonly PendingFile[],
    sync: boolean,
    staged: Map<PendingFile, string>,
  ): Promise<void> {
    if (files.length === 0) return;
    await this.#operations.makeDirectory(this.#tree.at(this.#staging));
    if (!this.#swept) await this.#sweep();
    await eachOf(files, AT_ONCE, async (file) => {
      const temporary = this.#tree.at(`${this.#staging}/${process.pid}-${randomUUID()}`);
      staged.set(file, temporary);
      await this.#operations.writeNew(temporary, file.bytes, sync);
    });
  }

  /** @param synced directories that need no more syncing unless they are changed again. */
  async #publish(
    files: readonly PendingFile[],
    staged: Map<PendingFile, string>,
    synced: Set<string>,
  ): Promise<void> {
    const changed = new Set<string>();
    for (const file of files) {
      const directory = dirname(this.#tree.at(file.path));
      const firstMade = changed.has(directory) ? undefined : await this.#operations.makeDirectory(directory);
      if (firstMade !== undefined)
        for (const each of parentsOf(directory, dirname(firstMade))) changed.add(each);
      await this.#name(file, staged);
      changed.add(directory);
    }
    const fresh = this.#freshParents(files.map(({ path }) => path));
    const unsynced = new Set([...changed, ...[...fresh].filter((each) => !synced.has(each))]);
    await this.#sync(unsynced);
    for (const each of unsynced) synced.add(each);
  }

  /** Gives a staged file its name. */
  async #name(file: PendingFile, staged: Map<PendingFile, string>): Promise<void> {
    const temporary = staged.get(file);
    if (temporary === undefined) return;
    const target = this.#tree.at(file.path);
    if (file.existing === 'keep' && (await this.#linkUnlessTaken(temporary, target))) return;
    await this.#operations.rename(temporary, target);
    staged.delete(file);
  }

  /** Returns false where the file system has no hard links and the name is free. */
  async #linkUnlessTaken(from: string, to: string): Promise<boolean> {
    try {
      await this.#operations.link(from, to);
      return true;
    } catch (fault) {
      const errno = errnoOf(fault);
      if (errno === 'EEXIST') return true;
      if (errno === 'EPERM' || errno === 'ENOTSUP' || errno === 'EOPNOTSUPP' || errno === 'ENOSYS') {
        return this.#tree.holds(relative(this.#tree.root, to));
      }
      throw fault;
    }
  }

  /** The directories on the way to some files that changed a moment ago. */
  #freshParents(paths: readonly string[]): Set<string> {
    const root = this.#tree.root;
    const parents = new Set(paths.flatMap((path) => parentsOf(dirname(this.#tree.at(path)), root)));
    const isFresh = (directory: string) => {
      const changedAt = this.#tree.changedAt(relative(root, directory));
      return changedAt !== null && Math.abs(Date.now() - changedAt) < FRESH;
    };
    return new Set([...parents].filter(isFresh));
  }

  async #sync(directories: ReadonlySet<string>): Promise<void> {
    await eachOf([...directories], AT_ONCE, async (directory) => {
      try {
        await this.#operations.syncDirectory(directory);
      } catch (fault) {
        const outside = relative(this.#tree.root, directory).startsWith('..');
        if (!outside) throw writeFault(fault, relative(this.#tree.root, directory));
      }
    });
  }

  async #discard(temporaries: readonly string[]): Promise<void> {
    await eachOf(temporaries, AT_ONCE, async (path) => {
      await this.#operations.remove(path).catch(() => undefined);
    });
  }

  /** Removes what died processes left, once. */
  async #sweep(): Promise<void> {
    this.#swept = true;
    const abandoned = this.#tree.list(this.#staging).filter(({ name }) => {
      const changedAt = this.#tree.changedAt(`${this.#staging}/${name}`);
      return changedAt !== null && Date.now() - changedAt > ABANDONED_AFTER;
    });
    await this.#discard(abandoned.map(({ name }) => this.#tree.at(`${this.#staging}/${name}`)));
  }

  /** What a fault of the operating system is about. */
  #nameOf(fault: unknown): string {
    const path =
      fault instanceof Error && 'path' in fault && typeof fault.path === 'string' ? fault.path : '';
    return path === '' || path.startsWith(this.#tree.at(this.#staging)) ? this.#tree.root : path;
  }
}

/** The directories from `directory` up to and including `last`. */
function parentsOf(directory: string, last: string): string[] {
  const parents = [directory];
  for (let each = directory; each !== last && each !== dirname(each); ) {
    each = dirname(each);
    parents.push(each);
  }
  return parents;
}
