import { toVarveError } from '../../../base/errors.ts';
import type { Term } from '../../../core/history/entry-terms.ts';
import { damageOf, foreignObject } from '../../../core/surface/damage.ts';
import { INDEX } from '../../../core/surface/paths.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { isTenant, parseTenant } from '../../../core/words/names.ts';
import type { ObjectTree } from '../object-tree.ts';
import { encodeSegment, type IndexedEntry, IndexSegment, segmentSize } from './index-segment.ts';

const TENANTS = `${INDEX}/entries/tenants`;
/** Bytes of a segment: more than a million entries have room in it. */
const SEGMENT_BYTES = 512 * 1024 * 1024;
/** So many segments of similar size become one: there are few files to read, and each entry is rewritten only a few times. */
const MERGED = 16;

/** What the segments of a tenant say at one moment. */
export interface IndexView {
  /** Whether the entry of this name is spoken for: one that is, and is not found by a term, does not have it. */
  covers(name: string): boolean;
  /** Names of the entries that have one of the terms. */
  find(terms: readonly Term[]): ReadonlySet<string>;
}

/**
 * Finds the entries of a history by terms. Derived: a torn or lost segment covers no entry, so its
 * entries are read again. Writers only add segments, or put one in place of several that it has all of; any number of them may
 * do so at once.
 */
export class EntryIndex {
  readonly #tree: ObjectTree;
  /** By path; segments never change. */
  readonly #known = new Map<string, IndexSegment>();
  #lastView: { readonly segments: readonly IndexSegment[]; readonly view: IndexView } | null = null;

  constructor(tree: ObjectTree) {
    this.#tree = tree;
  }

  async open(tenant: string): Promise<IndexView> {
    const segments = await this.#segments(prefixOf(tenant));
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

  /** Makes entries findable. A failure does no harm: a search then reads the entries themselves. */
  async add(tenant: string, entries: readonly IndexedEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const prefix = prefixOf(tenant);
    try {
      await this.#write(prefix, entries);
      await this.#merge(prefix);
    } catch (fault) {
      if (toVarveError(fault).kind === 'internal') throw fault;
    }
  }

  /**
   * Yields each segment that is damaged, or wrong about an entry.
   * @param termsOf what an entry, named by the last part of its path, is really found by; null when that is not known.
   */
  async *verify(
    termsOf: (tenant: string, name: string) => Promise<readonly Term[] | null>,
  ): AsyncGenerator<Damage> {
    const strangers = (await this.#tree.branches(TENANTS)).filter((tenant) => !isTenant(tenant));
    for (const tenant of strangers) yield foreignObject(`${TENANTS}/${tenant}`);
    for await (const { path: object } of this.#tree.list(TENANTS)) {
      const [tenant = '', ...rest] = object.slice(TENANTS.length + 1).split('/');
      if (strangers.includes(tenant)) continue;
      const problem =
        rest.length === 0
          ? foreignObject(object)
          : await this.#problemOf(object, rest.join('/'), (entry) => termsOf(tenant, entry));
      if (problem !== null) yield problem;
    }
  }

  async #problemOf(
    object: string,
    name: string,
    termsOf: (entry: string) => Promise<readonly Term[] | null>,
  ): Promise<Damage | null> {
    try {
      const bytes = await this.#tree.read(object, SEGMENT_BYTES);
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

  async #write(prefix: string, entries: readonly IndexedEntry[]): Promise<string> {
    const { fileName, bytes } = encodeSegment(entries);
    const path = `${prefix}/${fileName}`;
    await this.#tree.putDerived([{ path, bytes, existing: 'replace' }]);
    return path;
  }

  /** Puts one segment in place of several of like size, without those that cannot be read. */
  async #merge(prefix: string): Promise<void> {
    const tiers = Map.groupBy(await this.#paths(prefix), (path) => {
      const size = segmentSize(nameOf(path));
      return size === null ? null : Math.floor(Math.log(Math.max(size, 1)) / Math.log(MERGED));
    });
    for (const [tier, paths] of tiers) {
      if (tier === null || paths.length < MERGED) continue;
      const segments = await Promise.all(paths.map((path) => this.#read(path)));
      const entries = segments.flatMap((segment) => segment?.entries() ?? []);
      const merged = entries.length === 0 ? null : await this.#write(prefix, entries);
      await this.#tree.remove(paths.filter((path) => path !== merged));
      for (const path of paths) this.#known.delete(path);
    }
  }

  /** The readable segments; looks again when some went away meanwhile, merged into another one. */
  async #segments(prefix: string): Promise<IndexSegment[]> {
    for (let attempt = 1; ; attempt++) {
      const paths = await this.#paths(prefix);
      const found = await Promise.all(paths.map((path) => this.#read(path)));
      const unread = paths.filter((_, place) => found[place] === null);
      const gone = await Promise.all(unread.map(async (path) => !(await this.#tree.has(path))));
      if (attempt === 3 || !gone.includes(true)) return found.filter((segment) => segment !== null);
    }
  }

  async #paths(prefix: string): Promise<string[]> {
    try {
      return (await Array.fromAsync(this.#tree.list(prefix))).map(({ path }) => path);
    } catch (fault) {
      if (toVarveError(fault).kind === 'internal') throw fault;
      return [];
    }
  }

  /** Null for what is gone, torn or cannot be read. */
  async #read(path: string): Promise<IndexSegment | null> {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    try {
      const bytes = await this.#tree.read(path, SEGMENT_BYTES);
      const segment = bytes && IndexSegment.parse(bytes, nameOf(path));
      if (segment !== null) this.#known.set(path, segment);
      return segment;
    } catch (fault) {
      if (toVarveError(fault).kind === 'internal') throw fault;
      return null;
    }
  }
}

const prefixOf = (tenant: string): string => `${TENANTS}/${parseTenant(tenant)}`;
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function viewOf(segments: readonly IndexSegment[]): IndexView {
  const covered = new Set(segments.flatMap(({ names }) => names));
  return {
    covers: (name) => covered.has(name),
    find: (terms) => new Set(segments.flatMap((segment) => terms.flatMap((term) => [...segment.find(term)]))),
  };
}
