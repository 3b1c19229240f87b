import { VarveError } from '../../src/base/errors.ts';
import type { CacheEntry, EntryCache, SaveOutcome } from '../../src/core/cache/entry-cache.ts';
import type { PackFile } from '../../src/core/pack/pack.ts';
import { readerOf } from './pack-makers.ts';

export interface MemoryEntry {
  readonly key: string;
  readonly files: Map<string, Uint8Array>;
}

/** A cache that forgets everything, and refuses on command. */
export class MemoryCache implements EntryCache {
  readonly location = 'cache';
  readonly entries: MemoryEntry[] = [];
  /** Keys of the entries that were restored, in order. */
  readonly restored: string[] = [];
  /** What it says instead of doing what it is asked. */
  refusal: { readonly restore?: string; readonly save?: string; readonly outcome?: SaveOutcome } = {};

  /** One of its own with the same entries. */
  copy(): MemoryCache {
    const copy = new MemoryCache();
    copy.entries.push(...this.entries.map(({ key, files }) => ({ key, files: new Map(files) })));
    return copy;
  }

  async restore(prefixes: readonly string[]): Promise<CacheEntry | null> {
    if (this.refusal.restore !== undefined) throw new VarveError('unreachable', this.refusal.restore);
    for (const prefix of prefixes) {
      const found = this.entries.findLast(({ key }) => key.startsWith(prefix));
      if (found === undefined) continue;
      this.restored.push(found.key);
      return { key: found.key, pack: readerOf(filesOf(found)), [Symbol.asyncDispose]: async () => {} };
    }
    return null;
  }

  async save(key: string, files: AsyncIterable<PackFile>): Promise<SaveOutcome> {
    const entry = { key, files: new Map<string, Uint8Array>() };
    for await (const { name, bytes } of files) entry.files.set(name, bytes);
    if (this.refusal.save !== undefined) throw new VarveError('store-unwritable', this.refusal.save);
    if (this.refusal.outcome !== undefined) return this.refusal.outcome;
    this.entries.push(entry);
    return 'saved';
  }
}

function filesOf({ files }: MemoryEntry): PackFile[] {
  return [...files].map(([name, bytes]) => ({ name, bytes }));
}
