import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileOperations } from '../../src/adapters/stores/directory/file-operations.ts';
import { unsyncedOperations } from './faulty-operations.ts';

interface ModelFile {
  readonly bytes: Uint8Array;
  readonly isSynced: boolean;
}

/** For each name what it may lead to after a power cut: what it led to when the directory was last synced, and all since. */
type ModelDirectory = Map<string, (Node | null)[]>;
type Node = { readonly file: ModelFile } | { readonly directory: ModelDirectory };

/** Chooses one of some states, from the oldest to the newest. */
export type Choose = (count: number) => number;

/**
 * What is surely on a disk, and what may be. Names count once their directory is synced, bytes once their file is; until
 * then each name by itself may lead to what it led to at any time since, and bytes may lack. So a file that is renamed
 * from one directory into another may be in both, or in none.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/functions/fsync.html
 */
export class CrashModel {
  readonly #root: string;
  readonly #top: ModelDirectory = new Map();
  /** How many steps there were so far. */
  steps = 0;

  /** @param root of all paths; it is there for good. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Operations on the real disk that are followed here. @param afterStep is awaited after each of them. */
  operations(afterStep: () => Promise<void>): FileOperations {
    const node = unsyncedOperations;
    const follow = async <T>(act: Promise<T>, apply: () => void): Promise<T> => {
      const result = await act;
      apply();
      this.steps += 1;
      await afterStep();
      return result;
    };
    return {
      makeDirectory: (path) => follow(node.makeDirectory(path), () => this.#makeDirectory(path)),
      writeNew: (path, bytes, sync) => {
        const file = { bytes: Uint8Array.from(bytes), isSynced: sync };
        return follow(node.writeNew(path, bytes, sync), () => this.#lead(path, { file }));
      },
      link: (from, to) => follow(node.link(from, to), () => this.#lead(to, this.#find(from))),
      rename: (from, to) =>
        follow(node.rename(from, to), () => {
          this.#lead(to, this.#find(from));
          this.#lead(from, null);
        }),
      remove: (path) => follow(node.remove(path), () => this.#remove(path)),
      removeEmpty: async (path) => {
        const isThere = this.#find(path) !== null;
        await follow(node.removeEmpty(path), () => {
          const found = this.#find(path);
          const isEmpty = found !== null && 'directory' in found && namesIn(found.directory).length === 0;
          if (isThere && isEmpty) this.#lead(path, null);
        });
      },
      syncDirectory: (path) => follow(node.syncDirectory(path), () => this.#sync(path)),
    };
  }

  /** Writes what a disk may hold after a power cut in this moment. */
  materialize(folder: string, choose: Choose): void {
    mkdirSync(folder, { recursive: true });
    write(this.#top, folder, choose);
  }

  #segments(path: string): string[] {
    return path.slice(this.#root.length).split('/').filter(Boolean);
  }

  #directoryOf(path: string): ModelDirectory {
    const found = this.#find(dirname(path));
    if (found === null || !('directory' in found)) throw new Error(`${dirname(path)} is no directory`);
    return found.directory;
  }

  #find(path: string): Node | null {
    let node: Node = { directory: this.#top };
    for (const segment of this.#segments(path)) {
      const next: Node | null | undefined = 'directory' in node ? node.directory.get(segment)?.at(-1) : null;
      if (!next) return null;
      node = next;
    }
    return node;
  }

  #lead(path: string, node: Node | null): void {
    const directory = this.#directoryOf(path);
    const name = basename(path);
    directory.set(name, [...(directory.get(name) ?? [null]), node]);
  }

  #makeDirectory(path: string): void {
    if (!path.startsWith(this.#root) || this.#find(path) !== null) return;
    this.#makeDirectory(dirname(path));
    this.#lead(path, { directory: new Map() });
  }

  #remove(path: string): void {
    const found = this.#find(path);
    if (found === null) return;
    if ('directory' in found) for (const name of namesIn(found.directory)) this.#remove(join(path, name));
    this.#lead(path, null);
  }

  #sync(path: string): void {
    const found = path.startsWith(this.#root) ? this.#find(path) : null;
    if (found === null || !('directory' in found)) return;
    for (const [name, states] of found.directory) found.directory.set(name, states.slice(-1));
  }
}

const namesIn = (directory: ModelDirectory): string[] =>
  [...directory].filter(([, states]) => states.at(-1)).map(([name]) => name);

function write(directory: ModelDirectory, folder: string, choose: Choose): void {
  for (const [name, states] of directory) {
    const node = states[choose(states.length)];
    if (!node) continue;
    const path = join(folder, name);
    if ('directory' in node) {
      mkdirSync(path);
      write(node.directory, path, choose);
    } else writeFileSync(path, bytesLeft(node.file, choose));
  }
}

/** All bytes of a file, or of one that is not synced perhaps half of them or none. */
function bytesLeft({ bytes, isSynced }: ModelFile, choose: Choose): Uint8Array {
  return isSynced ? bytes : bytes.subarray(0, [0, bytes.length >> 1, bytes.length][choose(3)]);
}
