import { toVarveError } from '../../../base/errors.ts';
import type { Term } from '../../../core/history/entry-terms.ts';
import { damageOf } from '../../../core/surface/damage.ts';
import { INDEX } from '../../../core/surface/paths.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { isTenant, parseTenant } from '../../../core/words/names.ts';
import type { DurableWriter } from '../../filesystem/durable-writer.ts';
import type { FileTree } from '../../filesystem/file-tree.ts';
import type { StoreDirectory } from '../../filesystem/store-directory.ts';
import { encodeSegment, type IndexedEntry, IndexSegment, segmentSize } from './index-segment.ts';

const TENANTS = `${INDEX}/entries/tenants`;
/** Bytes of a segment: more than a million entries have room in it. */
const SEGMENT_BYTES = 512 * 1024 * 1024;
/** So many segments of like size become one: few files to read, and each entry is written anew but few times. */
const MERGED = 16;

/** What the segments of a tenant say at one moment. */
export interface IndexView {
  /** Whether the entry in a file of this name is spoken for: one that is, and is not found by a term, does not have it. */
  covers(name: string): boolean;
  /** File names of the entries that have one of the terms. */
  find(terms: readonly Term[]): ReadonlySet<string>;
}

/**
 * Finds the entries of a history by terms. Derived, and written without syncing: what is torn or lost speaks for no
 * entry, so that those it was of are read anew. Writers only add segments, or put one in place of several that it has
 * all of; any number of them may do so at once.
 */
export class DirectoryEntryIndex {
  readonly #tree: FileTree;
  readonly #writer: DurableWriter;
  /** By path; segments never change. */
  readonly #known = new Map<string, IndexSegment>();
  #lastView: { readonly segments: readonly IndexSegment[]; readonly view: IndexView } | null = null;

  constructor({ tree, writer }: StoreDirectory) {
    this.#tree = tree;
    this.#writer = writer;
  }

  open(tenant: string): IndexView {
    const segments = this.#segments(folderOf(tenant));
    const last = this.#lastView;
    if (
      last?.segments.length === segments.length &&
      segments.every((each, place) => each === last.segments[place])
    ) {
      return last.view;
    }
    const view = viewOf(segments);
    this.#lastView = { segments, view };
    return view;
  }

  /** Makes entries findable. Trouble with that is none: they are read then when something is looked for. */
  async add(tenant: string, entries: readonly IndexedEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const folder = folderOf(tenant);
    try {
      await this.#write(folder, entries);
      await this.#merge(folder);
    } catch (fault) {
      if (toVarveError(fault).kind === 'internal') throw fault;
    }
  }

  /**
   * Yields each segment that is damaged, or wrong about an entry.
   * @param termsOf what an entry, named by its file, is really found by; null when it cannot be told.
   */
  async *verify(
    termsOf: (tenant: string, name: string) => Promise<readonly Term[] | null>,
  ): AsyncGenerator<Damage> {
    for (const { name: tenant, type } of this.#tree.list(TENANTS)) {
      if (type !== 'directory' || !isTenant(tenant)) {
        yield { object: `${TENANTS}/${tenant}`, problem: 'is no object of the store' };
        continue;
      }
      for (const { name } of this.#tree.list(folderOf(tenant))) {
        const object = `${folderOf(tenant)}/${name}`;
        const problem = await this.#problemOf(object, name, (entry) => termsOf(tenant, entry));
        if (problem !== null) yield problem;
      }
    }
  }

  async #problemOf(
    object: string,
    name: string,
    termsOf: (entry: string) => Promise<readonly Term[] | null>,
  ): Promise<Damage | null> {
    try {
      const bytes = this.#tree.read(object, SEGMENT_BYTES);
      if (bytes === null) return null;
      for (const { name: entry, terms } of IndexSegment.parse(bytes, name).entries()) {
        const right = await termsOf(entry);
        if (right !== null && right.join() !== terms.toSorted().join()) {
          return { object, problem: `disagrees with the history about ${entry}` };
        }
      }
      return null;
    } catch (fault) {
      return damageOf(object, fault);
    }
  }

  async #write(folder: string, entries: readonly IndexedEntry[]): Promise<string> {
    const { fileName, bytes } = encodeSegment(entries);
    const path = `${folder}/${fileName}`;
    await this.#writer.place([{ path, bytes, existing: 'replace' }]);
    return path;
  }

  /** Puts one segment in place of several of like size, without those that cannot be read. */
  async #merge(folder: string): Promise<void> {
    const tiers = Map.groupBy(this.#names(folder), (name) => {
      const size = segmentSize(name);
      return size === null ? null : Math.floor(Math.log(Math.max(size, 1)) / Math.log(MERGED));
    });
    for (const [tier, names] of tiers) {
      if (tier === null || names.length < MERGED) continue;
      const paths = names.map((name) => `${folder}/${name}`);
      const entries = paths.flatMap((path) => this.#read(path)?.entries() ?? []);
      const merged = entries.length === 0 ? null : await this.#write(folder, entries);
      await this.#writer.remove(paths.filter((path) => path !== merged));
      for (const path of paths) this.#known.delete(path);
    }
  }

  /** The readable segments; looks again when some went away meanwhile, merged into another one. */
  #segments(folder: string): IndexSegment[] {
    for (let attempt = 1; ; attempt++) {
      const paths = this.#names(folder).map((name) => `${folder}/${name}`);
      const found = paths.map((path) => this.#read(path));
      if (attempt === 3 || paths.every((path, place) => found[place] !== null || this.#tree.holds(path))) {
        return found.filter((segment) => segment !== null);
      }
    }
  }

  #names(folder: string): string[] {
    try {
      return this.#tree.list(folder).map(({ name }) => name);
    } catch {
      return [];
    }
  }

  /** Null for what is gone, torn or cannot be read. */
  #read(path: string): IndexSegment | null {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    try {
      const bytes = this.#tree.read(path, SEGMENT_BYTES);
      const segment = bytes && IndexSegment.parse(bytes, path.slice(path.lastIndexOf('/') + 1));
      if (segment !== null) this.#known.set(path, segment);
      return segment;
    } catch (fault) {
      if (toVarveError(fault).kind === 'internal') throw fault;
      return null;
    }
  }
}

const folderOf = (tenant: string): string => `${TENANTS}/${parseTenant(tenant)}`;

function viewOf(segments: readonly IndexSegment[]): IndexView {
  const covered = new Set(segments.flatMap(({ names }) => names));
  return {
    covers: (name) => covered.has(name),
    find: (terms) => new Set(segments.flatMap((segment) => terms.flatMap((term) => [...segment.find(term)]))),
  };
}
