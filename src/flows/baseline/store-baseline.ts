import { attempt, tellFault, toVarveError, VarveError } from '../../base/errors.ts';
import { mayServe, type OwnRun, type Situation } from '../../core/history/choose-baseline.ts';
import type { HistoryEntry, HistoryScope } from '../../core/history/history.ts';
import type { HistoryQuery, HistoryStore } from '../../core/history/history-store.ts';
import type { RunFacts } from '../../core/run/run-facts.ts';
import { measureImage } from '../../core/snapshot/image-size.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { noteDamages, passOver } from '../../core/surface/damage.ts';
import type { Damage } from '../../core/surface/surface-store.ts';
import { knownBase } from '../base-image/find-bases.ts';
import { storedHints } from '../base-image/read-hints.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import { loadEntry } from '../image/load-snapshot.ts';
import type { ImageTools } from '../image/open-image.ts';
import { copyItems } from '../pack/copy-items.ts';
import { adoptDocuments } from './adopt-documents.ts';
import { adoptLayers } from './adopt-layers.ts';
import {
  type Baseline,
  type BaselineSearch,
  type ComparedImage,
  type Hindsight,
  type ImageToRead,
  type Keeping,
  type KeptRun,
  NOTHING,
  type RecalledSnapshot,
  sharedName,
  unusable,
} from './baseline.ts';
import { findBaselineEntry } from './find-baseline-entry.ts';

/** Snapshots that earlier runs kept in a store: the run's own, or another one, which the run learns from and adds to. */
export class StoreBaseline implements Baseline {
  readonly #store: Store;
  readonly #subject: HistoryScope;
  readonly #hindsight: Hindsight;
  readonly #former: string | null;
  /** Why a store that is not the run's own is left alone from now on. */
  #trouble: VarveError | null = null;

  /** @param former a name to look under where there is nothing under the subject's own. */
  constructor(store: Store, subject: HistoryScope, hindsight: Hindsight, former: string | null = null) {
    this.#store = store;
    this.#subject = subject;
    this.#hindsight = hindsight;
    this.#former = former;
  }

  async shareDocuments(own: Store, run: RunFacts): Promise<void> {
    if (own !== this.#store) await adoptDocuments(this.#store, own, this.#subject, run);
  }

  async shareLayers(own: Store, image: ImageToRead): Promise<readonly string[]> {
    // What a stranger may have written is compared with, and spares no reading.
    if (own === this.#store || this.#store.isStranger) return [];
    const subject = this.#subject;
    const damages = await attempt(['outside', 'bytes', 'usage'], () =>
      adoptLayers(this.#store, own, { subject, ...image }),
    );
    if (!(damages instanceof VarveError)) return noteDamages(this.#store.location, damages);
    // That is the run's own store, which it cannot do without.
    if (damages.code === 'store-unwritable') throw damages;
    this.#trouble = damages;
    return [];
  }

  async find(
    { store: own }: ImageTools & LayerTools,
    { origin: { tenant } }: ComparedImage,
  ): Promise<BaselineSearch> {
    const { location } = this.#store;
    if (this.#trouble !== null) {
      return { ...NOTHING, none: 'unusable', notes: [unusable(location, tellFault(this.#trouble))] };
    }
    const notes = [...(this.#hindsight.notes ?? [])];
    try {
      return await this.#search(tenant, this.#store === own, notes);
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.isFatal || (error.kind === 'outside' && this.#store === own)) throw fault;
      return { ...NOTHING, none: 'unusable', notes: [...notes, unusable(location, tellFault(error))] };
    }
  }

  async recall(limit: number): Promise<readonly RecalledSnapshot[]> {
    if (this.#trouble !== null) return [];
    const { situation, own = null } = this.#hindsight;
    const branch = branchOf(situation);
    const query = { ...this.#subject, ...(branch !== null && { branch }), onDamage: passOver };
    const recalled = await attempt(['bytes', 'outside', 'usage'], async () => {
      const found: RecalledSnapshot[] = [];
      for await (const entry of this.#store.history.list(query)) {
        if (found.length >= limit) break;
        if (!mayServe(entry, own)) continue;
        const snapshot = await readSnapshot(this.#store.surface, entry.tenant, entry.snapshotDigest);
        if (snapshot !== null) found.push({ entry, size: measureImage(snapshot) });
      }
      return found;
    });
    return recalled instanceof VarveError ? [] : recalled;
  }

  async keep(own: Store, { entry, origin, taken, surfaceManifest }: KeptRun): Promise<Keeping> {
    const { location } = this.#store;
    if (this.#store === own) return { keptIn: location, notes: [] };
    if (this.#trouble !== null) {
      return { keptIn: null, notes: [`the snapshot was not saved in ${location}`] };
    }
    try {
      if (await this.#hasOther(entry)) return { keptIn: null, notes: [sharedName(location, entry.name)] };
      await copyItems(own, this.#store, origin, surfaceManifest.artifacts);
      await this.#store.surface.putSurfaceManifest(surfaceManifest);
      await this.#store.layers.record(entry.tenant, taken.snapshot);
      await this.#store.history.append(entry);
      return { keptIn: location, notes: [] };
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.isFatal) throw fault;
      return { keptIn: null, notes: [`the snapshot was not saved in ${location}: ${tellFault(error)}`] };
    }
  }

  /** Whether another job of this run has kept another image under the same name. */
  async #hasOther({
    tenant,
    name,
    platform,
    commit,
    scanId,
    surfaceManifestDigest,
  }: HistoryEntry): Promise<boolean> {
    if (commit === null) return false;
    for await (const entry of this.#store.history.list({ tenant, name, platform, commits: [commit] })) {
      if (entry.scanId === scanId && entry.surfaceManifestDigest !== surfaceManifestDigest) return true;
    }
    return false;
  }

  /** @param notes receives the trouble on the way, which is reported whatever is found. */
  async #search(tenant: string, own: boolean, notes: string[]): Promise<BaselineSearch> {
    const { location, history } = this.#store;
    const { situation, own: run = null, horizon = null } = this.#hindsight;
    const damages: Damage[] = [];
    const onDamage = (damage: Damage) => damages.push(damage);
    const { name, platform } = this.#subject;
    const query = { tenant, name, platform, onDamage };
    const byName = await findBaselineEntry(history, query, situation, run);
    const { found, entry, distance } =
      byName.entry === null && this.#former !== null
        ? await findBaselineEntry(history, { ...query, name: this.#former }, situation, run)
        : byName;
    notes.push(...notePassedOver(location, damages));
    const mayBeNearer = horizon !== null && distance === null;
    if (mayBeNearer && (entry !== null || (await hasEntries(history, query, run)))) notes.push(horizon);
    if (entry === null) return { ...NOTHING, none: damages.length > 0 ? 'unusable' : 'absent', notes };
    const { snapshotDigest, commit, branch, time } = entry;
    const snapshot = await loadEntry(this.#store, entry);
    const baseline = {
      snapshot,
      base: this.#store.isStranger ? null : knownBase(entry, snapshot.snapshot),
      readHints: storedHints(snapshot),
      facts: { found, place: location, snapshotDigest, commit, branch, time, distance },
      countedFrom: situation.kind === 'pull-request' ? 'base' : 'built',
      own,
      readAgain: null,
    } as const;
    return { baseline, none: null, notes, platforms: entry.platforms ?? [] };
  }
}

/** Says of the first of the entries that cannot be read what is wrong with it, and how many there are more. */
function notePassedOver(location: string, [first, ...others]: readonly Damage[]): string[] {
  if (first === undefined) return [];
  const { object, problem } = first;
  const note = `history entry ${object} of ${location} is damaged and was skipped: ${problem}`;
  return [others.length === 0 ? note : `${note}; so were ${others.length} more`];
}

/** Whether there is anything that more knowledge could have led to: entries of pull requests and of the run never serve. */
async function hasEntries(history: HistoryStore, query: HistoryQuery, own: OwnRun | null): Promise<boolean> {
  for await (const entry of history.list(query)) {
    if (mayServe(entry, own)) return true;
  }
  return false;
}

/** The branch that a run is of, or that its pull request is to be merged into; null where any counts. */
function branchOf(situation: Situation): string | null {
  switch (situation.kind) {
    case 'pull-request':
      return situation.baseBranch ?? situation.defaultBranch;
    case 'branch':
      return situation.branch;
    case 'unversioned':
      return null;
  }
}
