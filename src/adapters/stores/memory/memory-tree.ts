import { tooLarge } from '../object-limits.ts';
import {
  type ListedObject,
  type NewObject,
  type ObjectTree,
  parseObjectPath,
  type Removal,
} from '../object-tree.ts';
import { sortByBytes } from '../sort-by-bytes.ts';

interface StoredObject {
  readonly bytes: Buffer;
  readonly writtenAt: number;
}

/** Objects in memory, gone with the process. */
export class MemoryTree implements ObjectTree {
  readonly #objects = new Map<string, StoredObject>();
  readonly #now: () => number;

  /** @param now the clock, in milliseconds since 1970; it is read once for each object that is written. */
  constructor(now: () => number) {
    this.#now = now;
  }

  async read(path: string, maxBytes: number): Promise<Buffer | null> {
    const bytes = this.#bytesAt(path);
    if (bytes !== null && bytes.length > maxBytes) throw tooLarge(path, bytes.length, maxBytes);
    return bytes;
  }

  async readHead(path: string, bytes: number): Promise<Buffer | null> {
    return this.#bytesAt(path)?.subarray(0, bytes) ?? null;
  }

  async has(path: string): Promise<boolean> {
    return this.#bytesAt(path) !== null;
  }

  async writtenAt(path: string): Promise<number | null> {
    return this.#objects.get(parseObjectPath(path))?.writtenAt ?? null;
  }

  async sizeOf(path: string): Promise<number | null> {
    return this.#bytesAt(path)?.length ?? null;
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    for (const path of sortByBytes(this.#below(prefix), (each) => each)) yield { path, foreign: false };
  }

  async branches(prefix: string): Promise<readonly string[]> {
    const start = prefix === '' ? 0 : prefix.length + 1;
    const rests = this.#below(prefix).map((path) => path.slice(start).split('/'));
    const names = new Set(rests.flatMap(([first = '', ...others]) => (others.length > 0 ? [first] : [])));
    return sortByBytes([...names], (name) => name);
  }

  async put(groups: readonly (readonly NewObject[])[]): Promise<ReadonlySet<string>> {
    const objects = groups.flat();
    for (const { path } of objects) parseObjectPath(path);
    const kept = new Set<string>();
    for (const { path, bytes, existing } of objects) {
      const present = this.#bytesAt(path);
      if (present !== null && existing === 'keep') kept.add(path);
      else if (!present?.equals(bytes)) this.#write(path, bytes);
    }
    return kept;
  }

  async putDerived(objects: readonly NewObject[]): Promise<void> {
    await this.put([objects]);
  }

  async update(
    path: string,
    maxBytes: number,
    change: (present: Buffer | null) => Uint8Array | null,
  ): Promise<void> {
    const bytes = change(this.#presentAt(path, maxBytes));
    if (bytes !== null) this.#write(path, bytes);
  }

  async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.#objects.delete(parseObjectPath(path));
  }

  async removeIf(removals: readonly Removal[]): Promise<ReadonlySet<string>> {
    for (const { path, guard } of removals) [path, guard].forEach(parseObjectPath);
    const removed = new Set<string>();
    for (const { path, guard, maxBytes, holds } of removals) {
      if (holds(this.#presentAt(guard, maxBytes)) && this.#objects.delete(path)) removed.add(path);
    }
    return removed;
  }

  /** A removal here is never under way: it is one step. */
  async settled(guards: readonly string[]): Promise<void> {
    guards.forEach(parseObjectPath);
  }

  /** What an update is given. */
  #presentAt(path: string, maxBytes: number): Buffer | null {
    const present = this.#bytesAt(path);
    return present !== null && present.length > maxBytes ? Buffer.alloc(0) : present;
  }

  #bytesAt(path: string): Buffer | null {
    return this.#objects.get(parseObjectPath(path))?.bytes ?? null;
  }

  #write(path: string, bytes: Uint8Array): void {
    this.#objects.set(path, { bytes: Buffer.from(bytes), writtenAt: this.#now() });
  }

  #below(prefix: string): string[] {
    const beginning = prefix === '' ? '' : `${parseObjectPath(prefix)}/`;
    return [...this.#objects.keys()].filter((path) => path.startsWith(beginning));
  }
}
