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
import { passOver, readSound } from '../../../core/surface/damage.ts';
import { HISTORY } from '../../../core/surface/paths.ts';
import type { Damage, OnDamage, SurfaceStore } from '../../../core/surface/surface-store.ts';
import { ENTRY_BYTES } from '../object-limits.ts';
import type { ObjectTree } from '../object-tree.ts';
import { EntryIndex } from './entry-index.ts';
import type { IndexedEntry } from './index-segment.ts';

/** How many segments the path of an entry has. */
const ENTRY_DEPTH = `${HISTORY}/tenants/TENANT/NAME/PLATFORM/ENTRY`.split('/').length;

/** Where an entry is. */
interface EntryObject {
  /** The last part of its path: what a history is ordered by. */
  readonly name: string;
  readonly path: string;
}

/**
 * The history in a tree of objects: one immutable object an entry. Commits, branches and layers are found by an index,
 * which is never more than a hint: what it does not speak for is read, and what it finds is looked at.
 */
export class ObjectTreeHistoryStore implements HistoryStore, LayerIndex {
  readonly #tree: ObjectTree;
  readonly #surface: SurfaceStore;
  readonly #index: EntryIndex;

  /** @param surface has the snapshots that entries name. */
  constructor(tree: ObjectTree, surface: SurfaceStore) {
    this.#tree = tree;
    this.#surface = surface;
    this.#index = new EntryIndex(tree);
  }

  async append(entry: HistoryEntry): Promise<void> {
    const path = entryPath(entry);
    const bytes = entryBytes(entry);
    parseEntry(bytes, path);
    await this.#tree.put([[{ path, bytes, existing: 'replace' }]]);
    await this.#learn(entry.tenant, [{ path, name: entryFileName(entry) }]);
  }

  async *list(query: HistoryQuery): AsyncGenerator<HistoryEntry> {
    const { tenant, name, platform, commits, branch, after, onDamage } = query;
    const named = nameHistoryPath(tenant, name);
    const all = await this.#newestFirst(platform ? `${named}/${platformSegment(platform)}` : named);
    for await (const entry of this.#read(await this.#narrow(all, query), after, onDamage)) {
      if (branch !== undefined && entry.branch !== branch) continue;
      if (commits === undefined || (entry.commit !== null && commits.includes(entry.commit))) yield entry;
    }
  }

  async *entriesWithLayer({ tenant, diffId, after, onDamage }: LayerUseQuery): AsyncGenerator<HistoryEntry> {
    const all = await this.#newestFirst(tenantHistoryPath(tenant));
    yield* this.#read(await this.#withTerms(tenant, all, [layerTerm(diffId)]), after, onDamage);
  }

  async names(tenant: string): Promise<readonly string[]> {
    const prefix = tenantHistoryPath(tenant);
    const branches = await this.#tree.branches(prefix);
    const names = await Promise.all(branches.map((branch) => this.#nameOf(`${prefix}/${branch}`)));
    return names.filter((name) => name !== null).sort();
  }

  async *verify(examine: (entry: HistoryEntry) => Promise<string | null>): AsyncGenerator<Damage> {
    const paths = new Map<string, string>();
    for await (const { path } of this.#tree.list(HISTORY)) {
      const damages: Damage[] = [];
      const entry = await this.#readEntry(path, (damage) => damages.push(damage));
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

  /** The entries below a prefix, which is that of a tenant, a name, or a platform of one. */
  async #newestFirst(prefix: string): Promise<EntryObject[]> {
    const found: EntryObject[] = [];
    for await (const { path } of this.#tree.list(prefix)) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (isEntryName(name) && path.split('/').length === ENTRY_DEPTH) found.push({ name, path });
    }
    return found.sort((a, b) => compareEntryNames(a.name, b.name));
  }

  /** Of these entries, those that may be what is asked for. */
  async #narrow(entries: readonly EntryObject[], query: HistoryQuery): Promise<readonly EntryObject[]> {
    const { tenant, name, commits, branch } = query;
    if (commits !== undefined) {
      return this.#withTerms(
        tenant,
        entries,
        commits.map((commit) => commitTerm(name, commit)),
      );
    }
    return branch === undefined ? entries : this.#withTerms(tenant, entries, [branchTerm(name, branch)]);
  }

  /** Of these entries, those that may have one of the terms: found by the index, or unknown to it. */
  async #withTerms(
    tenant: string,
    entries: readonly EntryObject[],
    terms: readonly Term[],
  ): Promise<EntryObject[]> {
    let view = await this.#index.open(tenant);
    const unknown = entries.filter(({ name }) => !view.covers(name));
    if (unknown.length > 0) {
      await this.#learn(tenant, unknown);
      view = await this.#index.open(tenant);
    }
    const found = view.find(terms);
    return entries.filter(({ name }) => found.has(name) || !view.covers(name));
  }

  /** Lets the index speak for entries; passes over those that cannot be read in full. */
  async #learn(tenant: string, entries: readonly EntryObject[]): Promise<void> {
    const learned: IndexedEntry[] = [];
    for (const { name, path } of entries) {
      const terms = await this.#termsOf(path);
      if (terms !== null) learned.push({ name, terms });
    }
    await this.#index.add(tenant, learned);
  }

  /** What an entry is found by; null when it or its snapshot is absent, damaged or cannot be read. */
  async #termsOf(path: string): Promise<Term[] | null> {
    try {
      const entry = await this.#readEntry(path);
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

  async #nameOf(prefix: string): Promise<string | null> {
    for (const { path } of await this.#newestFirst(prefix)) {
      const entry = await this.#readEntry(path);
      if (entry !== null) return entry.name;
    }
    return null;
  }

  /** Reads entries, those after one alone. */
  async *#read(
    entries: readonly EntryObject[],
    after: HistoryEntry | undefined,
    onDamage: OnDamage | undefined,
  ): AsyncGenerator<HistoryEntry> {
    const first = after && entryFileName(after);
    for (const { name, path } of entries) {
      if (first !== undefined && compareEntryNames(name, first) <= 0) continue;
      const entry = await this.#readEntry(path, onDamage);
      if (entry !== null) yield entry;
    }
  }

  async #readEntry(path: string, onDamage: OnDamage = passOver): Promise<HistoryEntry | null> {
    return readSound(path, onDamage, async () => {
      const bytes = await this.#tree.read(path, ENTRY_BYTES);
      return bytes && parseEntry(bytes, path);
    });
  }
}
