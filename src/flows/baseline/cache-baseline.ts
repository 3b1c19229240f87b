import { tellFault, toVarveError } from '../../base/errors.ts';
import {
  baselineQuestions,
  entryKey,
  KEYS_AT_ONCE,
  keyOfEntry,
  linePrefix,
  type WorkLine,
  workLine,
} from '../../core/cache/cache-keys.ts';
import type { CacheScope, EntryScopes } from '../../core/cache/cache-scope.ts';
import type { CacheEntry, EntryCache, SaveOutcome } from '../../core/cache/entry-cache.ts';
import { EntrySearch } from '../../core/history/choose-baseline.ts';
import type { HistoryEntry, HistoryScope } from '../../core/history/history.ts';
import type { RunFacts } from '../../core/run/run-facts.ts';
import type { Store } from '../../core/store/store.ts';
import { tellDamages } from '../../core/surface/damage.ts';
import { SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import type { SurfaceStore } from '../../core/surface/surface-store.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import type { ImageTools } from '../image/open-image.ts';
import { packStore } from '../pack/pack-store.ts';
import { unpackStore } from '../pack/unpack-store.ts';
import {
  type Baseline,
  type BaselineSearch,
  type ComparedImage,
  type Hindsight,
  type ImageToRead,
  type Keeping,
  type KeptRun,
  type RecalledSnapshot,
  sharedName,
  unusable,
} from './baseline.ts';
import { findBaselineEntry } from './find-baseline-entry.ts';
import { judgeEntry } from './judge-entry.ts';
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
  readonly scope: CacheScope;
  /** Tells which ref an entry is of; null where nobody may be asked. */
  readonly scopes: EntryScopes | null;
  /** The risk is accepted that the author of a pull request writes its entries. */
  readonly trusted: boolean;
  /** Makes an empty store that lasts as long as this run. */
  readonly openScratch: () => Promise<Store>;
}

/** Entries of the history that a pack lists at most: as many as commits are looked back for. */
const MOST_ENTRIES = 500;

/** What earlier runs left in a cache: a scratch store that the right packs were restored to, and a pack for later runs. */
export class CacheBaseline implements Baseline {
  readonly #line: CacheLine;
  readonly #subject: HistoryScope;
  readonly #hindsight: Hindsight;
  /** All that was restored, to be handed on; the baseline lists of its history only what has a snapshot. */
  readonly #carried: Store;
  readonly #restored: StoreBaseline;
  readonly #outcome: RestoreOutcome;

  private constructor(
    line: CacheLine,
    subject: HistoryScope,
    hindsight: Hindsight,
    carried: Store,
    outcome: RestoreOutcome,
  ) {
    const store = { ...withSnapshots(carried), location: line.cache.location };
    this.#line = line;
    this.#subject = subject;
    this.#hindsight = hindsight;
    this.#carried = carried;
    this.#restored = new StoreBaseline(store, subject, hindsight);
    this.#outcome = outcome;
  }

  /**
   * Fetches what earlier runs left for an image. An entry with any damage is not used, nor one that the author of a pull
   * request may have made; a note says so.
   * @throws VarveError when there is no place for it.
   */
  static async restore(line: CacheLine, subject: HistoryScope, hindsight: Hindsight): Promise<CacheBaseline> {
    const restore = new Restore(line, subject, hindsight);
    try {
      await restore.takeAll();
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.isFatal) throw fault;
      restore.isCutOff = true;
      const part = restore.store === null ? 'nothing' : 'not all';
      restore.notes.push(`${part} was restored from ${line.cache.location}: ${tellFault(error)}`);
    }
    const carried = restore.store ?? (await line.openScratch());
    return new CacheBaseline(line, subject, hindsight, carried, restore);
  }

  async shareDocuments(own: Store, run: RunFacts): Promise<void> {
    if (!this.#outcome.isUnverified) await this.#restored.shareDocuments(own, run);
  }

  async shareLayers(own: Store, image: ImageToRead): Promise<readonly string[]> {
    const { notes, isUnverified } = this.#outcome;
    return isUnverified ? notes : [...notes, ...(await this.#restored.shareLayers(own, image))];
  }

  async find(tools: ImageTools & LayerTools, image: ComparedImage): Promise<BaselineSearch> {
    const search = await this.#restored.find(tools, image);
    if (!this.#outcome.isUnverified || search.baseline === null) return search;
    const { baseline } = search;
    const unverified = { ...baseline, facts: { ...baseline.facts, unverified: true }, base: null } as const;
    return { ...search, baseline: unverified };
  }

  recall(limit: number): Promise<readonly RecalledSnapshot[]> {
    return this.#restored.recall(limit);
  }

  async keep(own: Store, run: KeptRun): Promise<Keeping> {
    const { cache, scope, trusted } = this.#line;
    const unsaved = `the snapshot was not saved in ${cache.location}`;
    // Nobody would read it: a pull request's entries are its author's.
    if (scope.readers === 'pull-request' && !trusted) return { keptIn: null, notes: [] };
    if (scope.readers !== null && scope.readers !== 'pull-request') {
      return { keptIn: null, notes: [], asides: [`${unsaved}: ${FEW_READERS[scope.readers]}`] };
    }
    if (this.#outcome.isCutOff) return { keptIn: null, notes: [`${unsaved} either`] };
    const kept = await this.#restored.keep(own, run);
    if (kept.keptIn === null) return kept;
    try {
      switch (await this.#save(run.entry)) {
        case 'saved':
          return kept;
        case 'taken':
          return { keptIn: null, notes: [sharedName(cache.location, run.entry.name)] };
        case 'read-only':
          return { keptIn: null, notes: [], asides: [`${unsaved}: the token of this run can only read it`] };
      }
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.isFatal) throw fault;
      return { keptIn: null, notes: [`${unsaved}: ${tellFault(error)}`] };
    }
  }

  /**
   * Leaves a pack for later runs: the snapshot of this one, and that of a pull request's base, so that the next push is
   * compared with it too.
   */
  async #save({ snapshotDigest }: HistoryEntry): Promise<SaveOutcome> {
    const { cache, line, commit, run } = this.#line;
    const subject = this.#subject;
    const { situation, own } = this.#hindsight;
    const { history } = withSnapshots(this.#carried);
    const base =
      line.kind === 'pull-request' ? (await findBaselineEntry(history, subject, situation, own)).entry : null;
    const keep = base === null ? [snapshotDigest] : [snapshotDigest, base.snapshotDigest];
    const selection = { ...subject, keep, mostEntries: MOST_ENTRIES, mostLines: 0 };
    return cache.save(entryKey(subject, line, commit, run), packStore(this.#carried, selection));
  }
}

const FEW_READERS = {
  'merge-queue': 'no other run can read the cache of a merge queue',
  tag: 'only runs of the same tag can read its cache',
} as const;

/** What became of restoring. */
interface RestoreOutcome {
  readonly notes: readonly string[];
  /** Whether it is not known whose entries were taken. */
  readonly isUnverified: boolean;
  /** Whether the cache is out of reach. */
  readonly isCutOff: boolean;
}

/** Fetches entries one by one. */
class Restore implements RestoreOutcome {
  readonly notes: string[] = [];
  isUnverified = false;
  isCutOff = false;
  /** Null until a sound entry was taken. */
  store: Store | null = null;
  /** Whether an entry turned out to be a stranger's: then nothing more is asked for. */
  #isForged = false;
  /** Keys of damaged entries: each is reported once. */
  readonly #damaged = new Set<string>();
  readonly #line: CacheLine;
  readonly #subject: HistoryScope;
  readonly #hindsight: Hindsight;

  constructor(line: CacheLine, subject: HistoryScope, hindsight: Hindsight) {
    this.#line = line;
    this.#subject = subject;
    this.#hindsight = hindsight;
  }

  /**
   * Takes the entry that is to be the baseline. Where the risk is accepted, a pull request's own comes before it: that
   * serves reuse, and has carried its baseline along.
   */
  async takeAll(): Promise<void> {
    const { line, trusted, defaultBranch } = this.#line;
    const subject = this.#subject;
    if (trusted && line.kind === 'pull-request') await this.#take([linePrefix(subject, line)]);
    if (await this.#isSettled()) return;
    const { commits, lines, rest } = baselineQuestions(subject, this.#hindsight.situation, defaultBranch);
    if (!(await this.#takeNearest(commits, lines.length > 1))) {
      // The entry of each line may list a nearer commit than those of the others.
      for (const prefixes of lines) await this.#take(prefixes);
      if (this.store === null) for (const prefixes of rest) await this.#take(prefixes);
    }
    await this.#takeBetter();
  }

  /**
   * Takes the entry of the nearest commit that has one. Of several lines, the first that has any commit of a question
   * answers it, so the nearer ones are asked for again.
   * @returns whether there is one.
   */
  async #takeNearest(questions: readonly (readonly string[])[], hasLines: boolean): Promise<boolean> {
    for (const prefixes of questions) {
      const key = await this.#take(prefixes);
      if (key === null) continue;
      const place = prefixes.findIndex((prefix) => key.startsWith(prefix));
      if (hasLines && place > 0) await this.#take(prefixes.slice(0, place));
      return true;
    }
    return false;
  }

  /** Takes the entry that a question leads to; returns its key where it is sound, else null. */
  async #take(prefixes: readonly string[]): Promise<string | null> {
    if (this.#isForged) return null;
    const entry = await this.#fetch(prefixes);
    if (entry === null) return null;
    await using _ = entry;
    if (this.#damaged.has(entry.key) || !(await this.#judge(entry.key))) return null;
    const scratch = await this.#line.openScratch();
    if (!(await this.#unpack(entry, scratch))) return null;
    if (this.store === null) this.store = scratch;
    else await unpackStore(this.store, this.#subject.tenant, entry.pack);
    return entry.key;
  }

  /** Whether the wanted commit itself is here. */
  async #isSettled(): Promise<boolean> {
    if (this.store === null) return false;
    const { history } = withSnapshots(this.store);
    const { situation, own } = this.#hindsight;
    const { found } = await findBaselineEntry(history, this.#subject, situation, own);
    return found === 'base-commit';
  }

  /**
   * Entries list those before them: one of these may be of a nearer commit than all that were asked for, or stand
   * for one of this very run.
   */
  async #takeBetter(): Promise<void> {
    if (this.store === null) return;
    const { situation, own } = this.#hindsight;
    const { surface, history } = this.store;
    const told: HistoryEntry[] = [];
    for await (const entry of history.list(this.#subject)) told.push(entry);
    const better: string[] = [];
    for (const entry of new EntrySearch(situation, own).rank(told)) {
      if (better.length === KEYS_AT_ONCE || (await holdsSnapshot(surface, entry))) break;
      const key = keyOfEntry(this.#subject, entry);
      if (!this.#damaged.has(key)) better.push(key);
    }
    if (better.length > 0) await this.#take(better);
  }

  async #fetch(prefixes: readonly string[]): Promise<CacheEntry | null> {
    const { cache } = this.#line;
    try {
      return await cache.restore(prefixes);
    } catch (fault) {
      const { kind, message, object = '' } = toVarveError(fault);
      if (kind !== 'bytes') throw fault;
      if (!this.#damaged.has(object))
        this.notes.push(`the baseline in ${cache.location} is damaged and was not used: ${message}`);
      this.#damaged.add(object);
      return null;
    }
  }

  /** Whether an entry may be used, possibly without its layers. */
  async #judge(key: string): Promise<boolean> {
    const { scope, scopes, trusted, cache, defaultBranch } = this.#line;
    const { situation } = this.#hindsight;
    const base = situation.kind === 'pull-request' ? situation.baseBranch : null;
    const main = defaultBranch === null ? null : linePrefix(this.#subject, workLine(defaultBranch, null));
    const isOfMain = main !== null && key.startsWith(main);
    const branches = [...new Set([isOfMain ? null : base, defaultBranch])].filter((each) => each !== null);
    // The base may be the branch of another pull request: no entry of the default branch is from there.
    const ofBase = isOfMain && base !== null && base !== defaultBranch ? [`refs/heads/${base}`] : [];
    const isOpen = trusted || scope.strangeRefs.length === 0;
    const strangeRefs = isOpen ? [] : [...scope.strangeRefs, ...ofBase];
    const standing = await judgeEntry(key, { scopes, strangeRefs, branches });
    const place = `${cache.location} (${key})`;
    switch (standing.kind) {
      case 'sound':
        return true;
      case 'forged':
        this.#isForged = true;
        this.store = null;
        this.notes.push(
          unusable(place, `${standing.ref} has an entry under this key that its author may have forged`),
        );
        return false;
      case 'unverified':
        if (!this.isUnverified)
          this.notes.push(`baseline unverified, so nothing of ${place} was reused: ${standing.why}`);
        this.isUnverified = true;
        return true;
    }
  }

  async #unpack({ key, pack }: CacheEntry, scratch: Store): Promise<boolean> {
    const { damages } = await unpackStore(scratch, this.#subject.tenant, pack);
    if (damages.length === 0) return true;
    this.#damaged.add(key);
    const place = `${this.#line.cache.location} (${key})`;
    this.notes.push(`the baseline in ${place} is damaged and was not used: ${tellDamages(damages)}`);
    return false;
  }
}

/** The same store, with a history of the entries whose snapshot is here: packs list others too. */
function withSnapshots(store: Store): Store {
  const { history, surface } = store;
  return {
    ...store,
    history: {
      append: (entry, origin) => history.append(entry, origin),
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
