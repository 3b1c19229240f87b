import { MemoryTree } from '../../src/adapters/stores/memory/memory-tree.ts';
import { openObjectTreeStore } from '../../src/adapters/stores/on-object-tree/open-store.ts';
import type { Store } from '../../src/core/store/store.ts';

/** A place in memory that stores are opened in, and what can befall its bytes from outside. */
export class MemoryStorePlace {
  /** How often an object has been written so far. */
  writes = 0;
  readonly #tree = new MemoryTree(() => {
    this.writes += 1;
    return Date.now();
  });

  open(): Store {
    return openObjectTreeStore(this.#tree, 'memory:place', Date.now);
  }

  /** Changes the stored bytes of an object. */
  async damage(path: string, change: (bytes: Buffer) => Buffer): Promise<void> {
    await this.#tree.update(path, Number.POSITIVE_INFINITY, (bytes) => {
      if (bytes === null) throw new Error(`nothing is under ${path}`);
      return change(bytes);
    });
  }

  /** Changes the stored bytes of all objects below a prefix. */
  async damageAll(prefix: string, change: (bytes: Buffer) => Buffer): Promise<void> {
    for await (const { path } of this.#tree.list(prefix)) await this.damage(path, change);
  }

  async lose(path: string): Promise<void> {
    await this.#tree.remove([path]);
  }
}
