import { toVarveError } from '../../base/errors.ts';
import {
  compareEntryNames,
  entryBytes,
  entryFileName,
  entryPath,
  nameHistoryPath,
  parseEntry,
  parseEntryName,
  platformSegment,
  tenantHistoryPath,
} from '../../core/history/entry-path.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { HistoryQuery, HistoryStore } from '../../core/history/history-store.ts';
import { damageOf } from '../../core/surface/damage.ts';
import { HISTORY } from '../../core/surface/paths.ts';
import type { Damage } from '../../core/surface/surface-store.ts';
import type { DurableWriter } from '../filesystem/durable-writer.ts';
import type { FileTree } from '../filesystem/file-tree.ts';
import type { StoreDirectory } from '../filesystem/store-directory.ts';
import { walk } from '../filesystem/walk.ts';

/** No entry comes near this many bytes. */
const ENTRY_BYTES = 1024 * 1024;

/** The history of a CAS root on disk: one immutable file an entry. Any number of processes may share the root. */
export class DirectoryHistoryStore implements HistoryStore {
  readonly #tree: FileTree;
  readonly #writer: DurableWriter;

  constructor(directory: StoreDirectory) {
    this.#tree = directory.tree;
    this.#writer = directory.writer;
  }

  async append(entry: HistoryEntry): Promise<void> {
    const path = entryPath(entry);
    const bytes = entryBytes(entry);
    parseEntry(bytes, path);
    await this.#writer.commit([[{ path, bytes, existing: 'replace' }]]);
  }

  async *list(query: HistoryQuery): AsyncGenerator<HistoryEntry> {
    const { tenant, name, platform, commits, branch, after, onDamage } = query;
    const folder = nameHistoryPath(tenant, name);
    const first = after && entryFileName(after);
    for (const path of this.#newestFirst(folder, platform && platformSegment(platform))) {
      const fileName = path.slice(path.lastIndexOf('/') + 1);
      if (first !== undefined && compareEntryNames(fileName, first) <= 0) continue;
      const entry = this.#readEntry(path, (damage) => onDamage?.(damage.object, damage.problem));
      if (entry === null || (branch !== undefined && entry.branch !== branch)) continue;
      if (commits === undefined || (entry.commit !== null && commits.includes(entry.commit))) yield entry;
    }
  }

  async names(tenant: string): Promise<readonly string[]> {
    const folder = tenantHistoryPath(tenant);
    const present = this.#tree.list(folder).filter(({ type }) => type === 'directory');
    const names = present.map(({ name }) => this.#nameOf(`${folder}/${name}`));
    return names.filter((name) => name !== null).sort();
  }

  async *verify(examine: (entry: HistoryEntry) => Promise<string | null>): AsyncGenerator<Damage> {
    for (const { path } of walk(this.#tree, HISTORY)) {
      const damages: Damage[] = [];
      const entry = this.#readEntry(path, (damage) => damages.push(damage));
      yield* damages;
      const problem = entry && (await examine(entry));
      if (problem !== null) yield { object: path, problem };
    }
  }

  /** Paths of the entries of a name, on one platform or all. */
  *#newestFirst(folder: string, segment: string | undefined): Generator<string> {
    const present = this.#tree.list(folder).filter(({ type }) => type === 'directory');
    const wanted = present.map(({ name }) => name).filter((name) => name === (segment ?? name));
    const found = wanted.flatMap((each) =>
      this.#tree.list(`${folder}/${each}`).map(({ name }) => ({ name, path: `${folder}/${each}/${name}` })),
    );
    for (const { name, path } of found.sort((a, b) => compareEntryNames(a.name, b.name))) {
      if (parseEntryName(name) !== null) yield path;
    }
  }

  #nameOf(folder: string): string | null {
    for (const path of this.#newestFirst(folder, undefined)) {
      const entry = this.#readEntry(path, () => undefined);
      if (entry !== null) return entry.name;
    }
    return null;
  }

  #readEntry(path: string, onDamage: (damage: Damage) => void): HistoryEntry | null {
    try {
      const bytes = this.#tree.read(path, ENTRY_BYTES);
      return bytes && parseEntry(bytes, path);
    } catch (fault) {
      if (toVarveError(fault).kind !== 'bytes') throw fault;
      onDamage(damageOf(path, fault));
      return null;
    }
  }
}
