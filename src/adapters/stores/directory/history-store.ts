import { toVarveError } from '../../../base/errors.ts';
import {
  compareEntryNames,
  entryBytes,
  entryFileName,
  entryPath,
  isEntryName,
  nameHistoryPath,
  parseEntry,
  platformSegment,
  tenantHistoryPath,
} from '../../../core/history/entry-path.ts';
import {
  branchTerm,
  commitTerm,
  entryTerms,
  layerTerm,
  type Term,
} from '../../../core/history/entry-terms.ts';
import type { HistoryEntry } from '../../../core/history/history.ts';
import type { HistoryQuery, HistoryStore } from '../../../core/history/history-store.ts';
import type { LayerIndex, LayerUseQuery } from '../../../core/history/layer-index.ts';
import { readSnapshot } from '../../../core/snapshot/read-snapshot.ts';
import { damageOf } from '../../../core/surface/damage.ts';
import { HISTORY } from '../../../core/surface/paths.ts';
import type { Damage, SurfaceStore } from '../../../core/surface/surface-store.ts';
import type { DurableWriter } from '../../filesystem/durable-writer.ts';
import type { FileTree } from '../../filesystem/file-tree.ts';
import type { StoreDirectory } from '../../filesystem/store-directory.ts';
import { walk } from '../../filesystem/walk.ts';
import { DirectoryEntryIndex } from './entry-index.ts';
import type { IndexedEntry } from './index-segment.ts';

/** No entry comes near this many bytes. */
const ENTRY_BYTES = 1024 * 1024;

/** Where an entry is. */
interface EntryFile {
  /** The last part of its path: what a history is ordered by. */
  readonly name: string;
  readonly path: string;
}

type OnDamage = HistoryQuery['onDamage'];

/**
 * The history of a CAS root on disk: one immutable file an entry. Any number of processes may share the root. Commits,
 * branches and layers are found by an index, which is never more than a hint: what it does not speak for is read, and
 * what it finds is looked at.
 */
export class DirectoryHistoryStore implements HistoryStore, LayerIndex {
  readonly #tree: FileTree;
  readonly #writer: DurableWriter;
  readonly #surface: SurfaceStore;
  readonly #index: DirectoryEntryIndex;

  /** @param surface has the snapshots that entries name. */
  constructor(directory: StoreDirectory, surface: SurfaceStore) {
    this.#tree = directory.tree;
    this.#writer = directory.writer;
    this.#surface = surface;
    this.#index = new DirectoryEntryIndex(directory);
  }

  async append(entry: HistoryEntry): Promise<void> {
    const path = entryPath(entry);
    const bytes = entryBytes(entry);
    parseEntry(bytes, path);
    await this.#writer.commit([[{ path, bytes, existing: 'replace' }]]);
    await this.#learn(entry.tenant, [{ path, name: entryFileName(entry) }]);
  }

  async *list(query: HistoryQuery): AsyncGenerator<HistoryEntry> {
    const { tenant, name, platform, commits, branch, after, onDamage } = query;
    const all = this.#newestFirst([nameHistoryPath(tenant, name)], platform && platformSegment(platform));
    for await (const entry of this.#read(await this.#narrow(all, query), after, onDamage)) {
      if (branch !== undefined && entry.branch !== branch) continue;
      if (commits === undefined || (entry.commit !== null && commits.includes(entry.commit))) yield entry;
    }
  }

  async *entriesWithLayer({ tenant, diffId, after, onDamage }: LayerUseQuery): AsyncGenerator<HistoryEntry> {
    const all = this.#newestFirst(this.#nameFolders(tenant), undefined);
    yield* this.#read(await this.#withTerms(tenant, all, [layerTerm(diffId)]), after, onDamage);
  }

  async names(tenant: string): Promise<readonly string[]> {
    const names = this.#nameFolders(tenant).map((folder) => this.#nameOf(folder));
    return names.filter((name) => name !== null).sort();
  }

  async *verify(examine: (entry: HistoryEntry) => Promise<string | null>): AsyncGenerator<Damage> {
    const paths = new Map<string, string>();
    for (const { path } of walk(this.#tree, HISTORY)) {
      const damages: Damage[] = [];
      const entry = this.#readEntry(path, (object, problem) => damages.push({ object, problem }));
      yield* damages;
      const problem = entry && (await examine(entry));
      if (problem !== null) yield { object: path, problem };
      if (entry !== null) paths.set(`${entry.tenant}/${entryFileName(entry)}`, path);
    }
    yield* this.#index.verify(async (tenant, name) => {
      const path = paths.get(`${tenant}/${name}`);
      return path === undefined ? null : this.#termsOf(path);
    });
  }

  #nameFolders(tenant: string): string[] {
    const folder = tenantHistoryPath(tenant);
    const present = this.#tree.list(folder).filter(({ type }) => type === 'directory');
    return present.map(({ name }) => `${folder}/${name}`);
  }

  /** The files of the entries of names, on one platform or all. */
  #newestFirst(folders: readonly string[], segment: string | undefined): EntryFile[] {
    const found = folders.flatMap((folder) => {
      const present = this.#tree.list(folder).filter(({ type }) => type === 'directory');
      const wanted = present.map(({ name }) => name).filter((name) => name === (segment ?? name));
      return wanted.flatMap((each) =>
        this.#tree.list(`${folder}/${each}`).map(({ name }) => ({ name, path: `${folder}/${each}/${name}` })),
      );
    });
    return found.filter(({ name }) => isEntryName(name)).sort((a, b) => compareEntryNames(a.name, b.name));
  }

  /** Of these files, those of entries that may be what is asked for. */
  async #narrow(files: readonly EntryFile[], query: HistoryQuery): Promise<readonly EntryFile[]> {
    const { tenant, name, commits, branch } = query;
    if (commits !== undefined) {
      return this.#withTerms(
        tenant,
        files,
        commits.map((commit) => commitTerm(name, commit)),
      );
    }
    return branch === undefined ? files : this.#withTerms(tenant, files, [branchTerm(name, branch)]);
  }

  /** Of these files, those of entries that may have one of the terms: found by the index, or unknown to it. */
  async #withTerms(
    tenant: string,
    files: readonly EntryFile[],
    terms: readonly Term[],
  ): Promise<EntryFile[]> {
    let view = this.#index.open(tenant);
    const unknown = files.filter(({ name }) => !view.covers(name));
    if (unknown.length > 0) {
      await this.#learn(tenant, unknown);
      view = this.#index.open(tenant);
    }
    const found = view.find(terms);
    return files.filter(({ name }) => found.has(name) || !view.covers(name));
  }

  /** Lets the index speak for entries; passes over those of which not all is there to be read. */
  async #learn(tenant: string, files: readonly EntryFile[]): Promise<void> {
    const learnt: IndexedEntry[] = [];
    for (const { name, path } of files) {
      const terms = await this.#termsOf(path);
      if (terms !== null) learnt.push({ name, terms });
    }
    await this.#index.add(tenant, learnt);
  }

  /** What an entry is found by; null when it or its snapshot is absent, damaged or cannot be read. */
  async #termsOf(path: string): Promise<Term[] | null> {
    try {
      const entry = this.#readEntry(path, undefined);
      const snapshot = entry && (await readSnapshot(this.#surface, entry.tenant, entry.snapshotDigest));
      if (entry === null || snapshot === null) return null;
      return entryTerms(
        entry,
        snapshot.layers.map(({ diffId }) => diffId),
      );
    } catch (fault) {
      if (toVarveError(fault).kind === 'internal') throw fault;
      return null;
    }
  }

  #nameOf(folder: string): string | null {
    for (const { path } of this.#newestFirst([folder], undefined)) {
      const entry = this.#readEntry(path, undefined);
      if (entry !== null) return entry.name;
    }
    return null;
  }

  /** The entries in files, those after one alone. */
  *#read(
    files: readonly EntryFile[],
    after: HistoryEntry | undefined,
    onDamage: OnDamage,
  ): Generator<HistoryEntry> {
    const first = after && entryFileName(after);
    for (const { name, path } of files) {
      if (first !== undefined && compareEntryNames(name, first) <= 0) continue;
      const entry = this.#readEntry(path, onDamage);
      if (entry !== null) yield entry;
    }
  }

  #readEntry(path: string, onDamage: OnDamage): HistoryEntry | null {
    try {
      const bytes = this.#tree.read(path, ENTRY_BYTES);
      return bytes && parseEntry(bytes, path);
    } catch (fault) {
      if (toVarveError(fault).kind !== 'bytes') throw fault;
      const { object, problem } = damageOf(path, fault);
      onDamage?.(object, problem);
      return null;
    }
  }
}
