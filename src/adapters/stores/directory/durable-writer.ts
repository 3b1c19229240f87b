import { hash, randomUUID } from 'node:crypto';
import { dirname, relative } from 'node:path';
import { VarveError } from '../../../base/errors.ts';
import { eachOf } from '../../filesystem/each-of.ts';
import { pathOf, writeFault } from '../../filesystem/file-fault.ts';
import type { FileTree } from '../../filesystem/file-tree.ts';
import type { NewObject, Removal } from '../object-tree.ts';
import { type FileOperations, nodeFileOperations } from './file-operations.ts';
import { removeThroughGate, waitForGate } from './gated-rename.ts';
import { parentsOf, syncDirectories } from './sync-directories.ts';
import { Transfer } from './transfer.ts';

/** A temporary file older than this many milliseconds was left by a process that died: none waits so long for its name. */
const ABANDONED_AFTER = 3600_000;

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
   * Writes groups of files, each durable before any file of the next one becomes visible: what is written, and what is
   * there already as it should be. All bytes are on the disk before the first file gets its name.
   * @returns the paths to keep that had a file already.
   * @throws VarveError `store-unwritable`; no file is half there then.
   */
  async commit(groups: readonly (readonly NewObject[])[]): Promise<Set<string>> {
    const kept = new Set<string>();
    const found = new Set(groups.flat().filter((file) => this.#isThere(file)));
    for (const { path, existing } of found) if (existing === 'keep') kept.add(path);
    await this.#transfer(async (transfer) => {
      await transfer.stage(
        groups.flat().filter((file) => !found.has(file)),
        true,
      );
      for (const group of groups) {
        for (const path of await transfer.publish(group.filter((file) => !found.has(file)))) kept.add(path);
        await transfer.sync(group);
      }
    });
    return kept;
  }

  /** Writes files that are derived from others: whole or not at all, but not synced. */
  async place(files: readonly NewObject[]): Promise<void> {
    const missing = files.filter((file) => !this.#isThere(file));
    if (missing.length === 0) return;
    await this.#transfer(async (transfer) => {
      await transfer.stage(missing, false);
      await transfer.publish(missing);
    });
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
    for (let done = false; !done; ) {
      const present = this.#present(path, maxBytes);
      const bytes = change(present);
      if (bytes === null) return;
      const file: NewObject = { path, bytes, existing: 'replace' };
      await this.#transfer(async (transfer) => {
        await transfer.stage([file], true);
        const isSame = () => sameBytes(this.#present(path, maxBytes), present);
        done = await transfer.publishIf(file, this.#gateOf(path), isSame);
        if (done) await transfer.sync([file]);
      });
    }
  }

  /** Removes files; those that are gone already are fine. */
  async remove(paths: readonly string[]): Promise<void> {
    await eachOf(paths, async (path) => {
      try {
        await this.#operations.remove(this.#tree.at(path));
      } catch (fault) {
        throw writeFault(fault, path);
      }
    });
  }

  /**
   * Removes files, each in one step that no `update` of its guard can come between. Durable when it returns.
   * @returns the paths that a file was removed from.
   */
  async removeIf(removals: readonly Removal[]): Promise<Set<string>> {
    const removed = new Set<string>();
    await this.#sweepOnce();
    await eachOf(removals, async (removal) => {
      if (await this.#removeOne(removal)) removed.add(removal.path);
    });
    const folders = new Set([...removed].map((path) => dirname(this.#tree.at(path))));
    await syncDirectories(this.#tree, folders, this.#operations);
    for (const folder of folders) await this.#removeEmpty(folder);
    return removed;
  }

  /** Waits for the removals under way that may have looked at one of these guards. */
  async settled(guards: readonly string[]): Promise<void> {
    await eachOf(guards, async (guard) => {
      try {
        await waitForGate(this.#newPlace(), this.#gateOf(guard), this.#operations);
      } catch (fault) {
        throw writeFault(fault, this.#tree.root);
      }
    });
  }

  async #removeOne({ path, guard, maxBytes, holds }: Removal): Promise<boolean> {
    const isDue = () => holds(this.#present(guard, maxBytes));
    try {
      while (this.#tree.changedAt(path) !== null && isDue()) {
        const place = this.#newPlace();
        const target = this.#tree.at(path);
        if (await removeThroughGate(place, target, this.#gateOf(guard), this.#operations, isDue)) return true;
      }
      return false;
    } catch (fault) {
      throw writeFault(fault, path);
    }
  }

  /** Removes directories that nothing is in any more, from one upwards. */
  async #removeEmpty(folder: string): Promise<void> {
    for (const each of parentsOf(folder, this.#tree.root).slice(0, -1)) {
      if (this.#tree.list(relative(this.#tree.root, each)).length > 0) return;
      await this.#operations.removeEmpty(each).catch(() => undefined);
    }
  }

  #newPlace(): string {
    return this.#tree.at(`${this.#staging}/${process.pid}-${randomUUID()}`);
  }

  #gateOf(path: string): string {
    return this.#tree.at(`${this.#staging}/gate-${hash('sha256', path, 'hex').slice(0, 32)}`);
  }

  async #transfer(run: (transfer: Transfer) => Promise<void>): Promise<void> {
    const transfer = new Transfer(this.#tree, this.#staging, this.#operations);
    try {
      await this.#sweepOnce();
      await run(transfer);
    } catch (fault) {
      const path = pathOf(fault);
      const temporary = path?.startsWith(this.#tree.at(this.#staging)) ?? true;
      throw writeFault(fault, temporary || path === null ? this.#tree.root : path);
    } finally {
      await transfer.discard();
    }
  }

  /** Whether nothing has to be written. What cannot be read is written again, or the error says why it cannot be. */
  #isThere({ path, bytes, existing }: NewObject): boolean {
    if (existing === 'keep') return this.#tree.holds(path);
    try {
      return this.#tree.read(path, bytes.length)?.equals(bytes) ?? false;
    } catch (fault) {
      if (fault instanceof VarveError) return false;
      throw fault;
    }
  }

  #present(path: string, maxBytes: number): Buffer | null {
    try {
      return this.#tree.read(path, maxBytes);
    } catch (fault) {
      if (fault instanceof VarveError && fault.kind === 'bytes') return Buffer.alloc(0);
      throw fault;
    }
  }

  /** Removes what died processes left, once. */
  async #sweepOnce(): Promise<void> {
    if (this.#swept) return;
    this.#swept = true;
    await eachOf(this.#abandoned(), async (path) => {
      await this.#operations.remove(this.#tree.at(path)).catch(() => undefined);
    });
  }

  /** Old temporary files; none where they cannot be listed, since writing will then say why. */
  #abandoned(): string[] {
    try {
      const paths = this.#tree.list(this.#staging).map(({ name }) => `${this.#staging}/${name}`);
      return paths.filter((path) => {
        const changedAt = this.#tree.changedAt(path);
        return changedAt !== null && Date.now() - changedAt > ABANDONED_AFTER;
      });
    } catch {
      return [];
    }
  }
}

function sameBytes(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}
