import { SURFACE_ROOT } from '../../../core/surface/paths.ts';
import { FileTree } from '../../filesystem/file-tree.ts';
import {
  type ListedObject,
  type NewObject,
  type ObjectTree,
  parseObjectPath,
  type Removal,
} from '../object-tree.ts';
import { sortByBytes } from '../sort-by-bytes.ts';
import { DurableWriter } from './durable-writer.ts';
import { type FileOperations, nodeFileOperations } from './file-operations.ts';

/** Where files have temporary names. */
const STAGING = `${SURFACE_ROOT}/staging`;

/** Objects as the files of a folder, which is made when something is first written. */
export class DirectoryTree implements ObjectTree {
  readonly #files: FileTree;
  readonly #writer: DurableWriter;

  /** @param operations how files are written, for tests to interfere with. */
  constructor(path: string, operations: FileOperations = nodeFileOperations) {
    this.#files = new FileTree(path);
    this.#writer = new DurableWriter(this.#files, STAGING, operations);
  }

  async read(path: string, maxBytes: number): Promise<Buffer | null> {
    return this.#files.read(parseObjectPath(path), maxBytes);
  }

  async readHead(path: string, bytes: number): Promise<Buffer | null> {
    return this.#files.readBeginning(parseObjectPath(path), bytes);
  }

  async has(path: string): Promise<boolean> {
    return this.#files.holds(parseObjectPath(path));
  }

  async writtenAt(path: string): Promise<number | null> {
    return this.#files.holds(parseObjectPath(path)) ? this.#files.changedAt(path) : null;
  }

  async sizeOf(path: string): Promise<number | null> {
    return this.#files.sizeOf(parseObjectPath(path));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    yield* this.#walk(parsePrefix(prefix));
  }

  async branches(prefix: string): Promise<readonly string[]> {
    const folders = this.#files.list(parsePrefix(prefix)).filter(({ type }) => type === 'directory');
    return sortByBytes(folders, ({ name }) => name).map(({ name }) => name);
  }

  async put(groups: readonly (readonly NewObject[])[]): Promise<ReadonlySet<string>> {
    for (const { path } of groups.flat()) parseObjectPath(path);
    return this.#writer.commit(groups);
  }

  async putDerived(objects: readonly NewObject[]): Promise<void> {
    for (const { path } of objects) parseObjectPath(path);
    await this.#writer.place(objects);
  }

  async update(
    path: string,
    maxBytes: number,
    change: (present: Buffer | null) => Uint8Array | null,
  ): Promise<void> {
    await this.#writer.update(parseObjectPath(path), maxBytes, change);
  }

  async remove(paths: readonly string[]): Promise<void> {
    await this.#writer.remove(paths.map(parseObjectPath));
  }

  async removeIf(removals: readonly Removal[]): Promise<ReadonlySet<string>> {
    for (const { path, guard } of removals) [path, guard].forEach(parseObjectPath);
    return this.#writer.removeIf(removals);
  }

  async settled(guards: readonly string[]): Promise<void> {
    await this.#writer.settled(guards.map(parseObjectPath));
  }

  *#walk(folder: string): Generator<ListedObject> {
    // With its slash a folder has the place that the paths below it have.
    const entries = sortByBytes(this.#files.list(folder), ({ name, type }) =>
      type === 'directory' ? `${name}/` : name,
    );
    for (const { name, type } of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (type !== 'directory') yield { path, foreign: type === 'other' };
      else if (path !== STAGING) yield* this.#walk(path);
    }
  }
}

function parsePrefix(prefix: string): string {
  return prefix === '' ? '' : parseObjectPath(prefix);
}
