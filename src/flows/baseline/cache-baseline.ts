import { tellFault, toVarveError } from '../../base/errors.ts';
import { baselineQuestions, entryKey, linePrefix, type WorkLine } from '../../core/cache/cache-keys.ts';
import type { CacheEntry, EntryCache } from '../../core/cache/entry-cache.ts';
import type { Situation } from '../../core/history/choose-baseline.ts';
import type { HistoryEntry, HistoryScope } from '../../core/history/history.ts';
import type { RunFacts } from '../../core/run/run-facts.ts';
import type { Store } from '../../core/store/store.ts';
import { tellDamages } from '../../core/surface/damage.ts';
import { SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import type { SurfaceStore } from '../../core/surface/surface-store.ts';
import type { LayerTools } from '../image/analyse-layers.ts';
import type { ImageTools } from '../image/open-image.ts';
import { packStore } from '../pack/pack-store.ts';
import { unpackStore } from '../pack/unpack-store.ts';
import type {
  Baseline,
  BaselineSearch,
  ComparedImage,
  Hindsight,
  Keeping,
  KeptRun,
  TaughtImage,
} from './baseline.ts';
import { findBaselineEntry } from './find-baseline-entry.ts';
import { StoreBaseline } from './store-baseline.ts';

/** A line of work whose runs leave packs under keys of a cache. */
export interface CacheLine {
  readonly cache: EntryCache;
  /** Null when it is not known. */
  readonly defaultBranch: string | null;
  readonly line: WorkLine;
  readonly commit: string | null;
  /** Tells the runs of one commit apart: `<run>-<attempt>`. */
  readonly run: string;
  /** Makes an empty store that lasts as long as this run. */
  readonly openScratch: () => Promise<Store>;
}

/** Entries of the history that a pack tells of at most. */
const MOST_ENTRIES = 50;

/** What earlier runs left in a cache: a scratch store that the right packs were restored to, and a pack for later runs. */
export class CacheBaseline implements Baseline {
  readonly #line: CacheLine;
  readonly #subject: HistoryScope;
  readonly #situation: Situation;
  /** All that was restored, to be handed on; the baseline lists of its history only what has a snapshot. */
  readonly #carried: Store;
  readonly #restored: StoreBaseline;
  readonly #notes: readonly string[];

  private constructor(
    line: CacheLine,
    subject: HistoryScope,
    hindsight: Hindsight,
    carried: Store,
    notes: readonly string[],
  ) {
    const store = { ...withSnapshots(carried), location: line.cache.location };
    this.#line = line;
    this.#subject = subject;
    this.#situation = hindsight.situation;
    this.#carried = carried;
    this.#restored = new StoreBaseline(store, subject, hindsight);
    this.#notes = notes;
  }

  /**
   * Fetches what earlier runs left for an image: the entry of the baseline, and before it a pull request's own, which
   * serves reuse and has carried its baseline along. An entry with any damage is not used, and that is said.
   * @throws VarveError when there is no place for it.
   */
  static async restore(line: CacheLine, subject: HistoryScope, hindsight: Hindsight): Promise<CacheBaseline> {
    const { situation } = hindsight;
    const restore = new Restore(line, subject, situation);
    try {
      if (line.line.kind === 'pull-request') await restore.take([linePrefix(subject, line.line)]);
      for (const prefixes of baselineQuestions(subject, situation, line.defaultBranch)) {
        if (await restore.isSettled()) break;
        if (await restore.take(prefixes)) break;
      }
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.isFatal) throw fault;
      restore.notes.push(`nothing was restored from ${line.cache.location}: ${tellFault(error)}`);
    }
    const carried = restore.store ?? (await line.openScratch());
    return new CacheBaseline(line, subject, hindsight, carried, restore.notes);
  }

  teachDocuments(own: Store, run: RunFacts): Promise<void> {
    return this.#restored.teachDocuments(own, run);
  }

  async teachLayers(own: Store, image: TaughtImage): Promise<readonly string[]> {
    return [...this.#notes, ...(await this.#restored.teachLayers(own, image))];
  }

  find(tools: ImageTools & LayerTools, image: ComparedImage): Promise<BaselineSearch> {
    return this.#restored.find(tools, image);
  }

  async keep(own: Store, run: KeptRun): Promise<Keeping> {
    const kept = await this.#restored.keep(own, run);
    if (kept.keptIn === null) return kept;
    try {
      await this.#save(run.entry);
      return kept;
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.isFatal) throw fault;
      const { location } = this.#line.cache;
      return { keptIn: null, notes: [`the snapshot was not saved in ${location}: ${tellFault(error)}`] };
    }
  }

  /**
   * Leaves a pack for later runs: the snapshot of this one, and that of a pull request's base, so that the next push is
   * compared with it too.
   */
  async #save({ snapshotDigest }: HistoryEntry): Promise<void> {
    const { cache, line, commit, run } = this.#line;
    const subject = this.#subject;
    const { history } = withSnapshots(this.#carried);
    const base =
      line.kind === 'pull-request'
        ? (await findBaselineEntry(history, subject, this.#situation)).entry
        : null;
    const keep = base === null ? [snapshotDigest] : [snapshotDigest, base.snapshotDigest];
    const selection = { ...subject, keep, mostEntries: MOST_ENTRIES, mostLines: 0 };
    await cache.save(entryKey(subject, line, commit, run), packStore(this.#carried, selection));
  }
}

/** Fetches entries one by one. */
class Restore {
  readonly notes: string[] = [];
  /** Null until a sound entry was taken. */
  store: Store | null = null;
  readonly #line: CacheLine;
  readonly #subject: HistoryScope;
  readonly #situation: Situation;

  constructor(line: CacheLine, subject: HistoryScope, situation: Situation) {
    this.#line = line;
    this.#subject = subject;
    this.#situation = situation;
  }

  /** Takes the entry that a question leads to; returns whether there is a sound one. */
  async take(prefixes: readonly string[]): Promise<boolean> {
    const entry = await this.#fetch(prefixes);
    if (entry === null) return false;
    await using _ = entry;
    const scratch = await this.#line.openScratch();
    if (!(await this.#unpack(entry, scratch))) return false;
    if (this.store === null) this.store = scratch;
    else await unpackStore(this.store, this.#subject.tenant, entry.pack);
    return true;
  }

  /** Whether the very commit is here that is wanted. */
  async isSettled(): Promise<boolean> {
    if (this.store === null) return false;
    const { history } = withSnapshots(this.store);
    const { found } = await findBaselineEntry(history, this.#subject, this.#situation);
    return found === 'base-commit';
  }

  async #fetch(prefixes: readonly string[]): Promise<CacheEntry | null> {
    const { cache } = this.#line;
    try {
      return await cache.restore(prefixes);
    } catch (fault) {
      const { kind, message } = toVarveError(fault);
      if (kind !== 'bytes') throw fault;
      this.notes.push(`the baseline in ${cache.location} is damaged and was not used: ${message}`);
      return null;
    }
  }

  async #unpack({ key, pack }: CacheEntry, scratch: Store): Promise<boolean> {
    const { damages } = await unpackStore(scratch, this.#subject.tenant, pack);
    if (damages.length === 0) return true;
    const place = `${this.#line.cache.location} (${key})`;
    this.notes.push(`the baseline in ${place} is damaged and was not used: ${tellDamages(damages)}`);
    return false;
  }
}

/** The same store, whose history lists only the entries that have a snapshot here: packs tell of others too. */
function withSnapshots(store: Store): Store {
  const { history, surface } = store;
  return {
    ...store,
    history: {
      append: (entry) => history.append(entry),
      names: (tenant) => history.names(tenant),
      verify: (examine) => history.verify(examine),
      async *list(query) {
        for await (const entry of history.list(query)) if (await holdsSnapshot(surface, entry)) yield entry;
      },
    },
  };
}

async function holdsSnapshot(
  surface: SurfaceStore,
  { tenant, snapshotDigest }: HistoryEntry,
): Promise<boolean> {
  return (await surface.getManifest({ tenant, kind: SNAPSHOT_KIND, digest: snapshotDigest })) !== null;
}
