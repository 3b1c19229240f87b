import { tellFault, toVarveError } from '../../base/errors.ts';
import {
  baselineQuestions,
  type CacheSubject,
  entryKey,
  linePrefix,
  type WorkLine,
} from '../../core/cache/cache-keys.ts';
import type { CacheEntry, EntryCache } from '../../core/cache/entry-cache.ts';
import type { Situation } from '../../core/history/choose-baseline.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { Store } from '../../core/store/store.ts';
import { tellDamages } from '../../core/surface/damage.ts';
import { SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import type { SurfaceStore } from '../../core/surface/surface-store.ts';
import { packStore } from '../pack/pack-store.ts';
import { unpackStore } from '../pack/unpack-store.ts';
import { findBaselineEntry } from './find-baseline-entry.ts';

/** A baseline in a cache: packs under keys, of which the right ones are fetched once the image is known. */
export interface CachedBaseline {
  readonly cache: EntryCache;
  readonly situation: Situation;
  /** Null when it is not known. */
  readonly defaultBranch: string | null;
  readonly line: WorkLine;
  readonly commit: string | null;
  /** Tells the runs of one commit apart: `<run>-<attempt>`. */
  readonly run: string;
  /** Makes an empty store that lasts as long as this run. */
  readonly openScratch: () => Promise<Store>;
}

export interface RestoredBaseline {
  /** Holds what was restored. Of its history, only what has a snapshot is listed. */
  readonly store: Store;
  /** The same with all of its history, to be handed on. */
  readonly carried: Store;
  readonly notes: readonly string[];
}

/** Entries of the history that a pack tells of at most. */
const MOST_ENTRIES = 50;

/**
 * Fetches what earlier runs left for an image: the entry of the baseline, and before it a pull request's own, which
 * serves reuse and has carried its baseline along. An entry with any damage is not used, and is told.
 * @throws VarveError when there is no place for it.
 */
export async function restoreBaseline(
  baseline: CachedBaseline,
  subject: CacheSubject,
): Promise<RestoredBaseline> {
  const restore = new Restore(baseline, subject);
  try {
    if (baseline.line.kind === 'pull-request') await restore.take([linePrefix(subject, baseline.line)]);
    for (const prefixes of baselineQuestions(subject, baseline.situation, baseline.defaultBranch)) {
      if (await restore.isSettled()) break;
      if (await restore.take(prefixes)) break;
    }
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.kind === 'internal') throw fault;
    restore.notes.push(`nothing was restored from ${baseline.cache.location}: ${tellFault(error)}`);
  }
  const carried = restore.store ?? (await baseline.openScratch());
  const store = { ...withSnapshots(carried), location: baseline.cache.location };
  return { store, carried, notes: restore.notes };
}

/**
 * Leaves a pack for later runs: the snapshot of this one, and that of a pull request's base, so that the next push is
 * compared with it too.
 * @param carried what was restored, and this run's snapshot.
 * @throws VarveError `store-unwritable` when the cache did not take it.
 */
export async function saveBaseline(
  { cache, situation, line, commit, run }: CachedBaseline,
  carried: Store,
  entry: HistoryEntry,
): Promise<void> {
  const { tenant, name, platform, snapshotDigest } = entry;
  const subject = { tenant, name, platform };
  const { history } = withSnapshots(carried);
  const base =
    line.kind === 'pull-request' ? (await findBaselineEntry(history, subject, situation)).entry : null;
  const keep = base === null ? [snapshotDigest] : [snapshotDigest, base.snapshotDigest];
  const selection = { ...subject, keep, mostEntries: MOST_ENTRIES, mostLines: 0 };
  await cache.save(entryKey(subject, line, commit, run), packStore(carried, selection));
}

/** Fetches entries one by one. */
class Restore {
  readonly notes: string[] = [];
  /** Null until a sound entry was taken. */
  store: Store | null = null;
  readonly #baseline: CachedBaseline;
  readonly #subject: CacheSubject;

  constructor(baseline: CachedBaseline, subject: CacheSubject) {
    this.#baseline = baseline;
    this.#subject = subject;
  }

  /** Takes the entry that a question leads to; returns whether there is a sound one. */
  async take(prefixes: readonly string[]): Promise<boolean> {
    const entry = await this.#fetch(prefixes);
    if (entry === null) return false;
    await using _ = entry;
    const scratch = await this.#baseline.openScratch();
    if (!(await this.#unpack(entry, scratch))) return false;
    if (this.store === null) this.store = scratch;
    else await unpackStore(this.store, this.#subject.tenant, entry.pack);
    return true;
  }

  /** Whether the very commit is here that is wanted. */
  async isSettled(): Promise<boolean> {
    if (this.store === null) return false;
    const { history } = withSnapshots(this.store);
    const { found } = await findBaselineEntry(history, this.#subject, this.#baseline.situation);
    return found === 'base-commit';
  }

  async #fetch(prefixes: readonly string[]): Promise<CacheEntry | null> {
    const { cache } = this.#baseline;
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
    const place = `${this.#baseline.cache.location} (${key})`;
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
