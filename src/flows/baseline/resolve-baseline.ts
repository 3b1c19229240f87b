import type { Digest } from '../../base/digest.ts';
import { tellFault, toVarveError } from '../../base/errors.ts';
import type { SnapshotView } from '../../core/comparison/snapshot-view.ts';
import type { Situation } from '../../core/history/choose-baseline.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { HistoryQuery, HistoryStore } from '../../core/history/history-store.ts';
import type { PointerBaseline } from '../../core/run/pointer.ts';
import type { Store } from '../../core/store/store.ts';
import { noteDamages } from '../../core/surface/damage.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import type { Platform } from '../../core/words/platform.ts';
import type { LayerTools } from '../image/analyse-layers.ts';
import { loadSnapshot, viewSnapshot } from '../image/load-snapshot.ts';
import { type ImageTools, openImage } from '../image/open-image.ts';
import { forgetLayers, takeSnapshot } from '../image/take-snapshot.ts';
import type { CachedBaseline } from './cached-baseline.ts';
import { findBaselineEntry } from './find-baseline-entry.ts';

/** What a run is to be compared with. */
export type BaselineRequest =
  | SettledBaseline
  /** A store elsewhere: the run works in its own, and adds to this one what it found. */
  | ({ readonly kind: 'remote'; readonly store: Store; readonly situation: Situation } & Hindsight)
  /** Entries of a cache, which are found once the image is known. */
  | ({ readonly kind: 'cache'; readonly baseline: CachedBaseline } & Hindsight);

/** What a run is to be compared with, ready to be looked into. */
export type SettledBaseline =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'store'; readonly store: Store; readonly situation: Situation } & Hindsight)
  /** A store that cannot be opened. */
  | { readonly kind: 'unavailable'; readonly place: string; readonly problem: string }
  | { readonly kind: 'image'; readonly reference: string };

/** How far back the situation was looked into. */
interface Hindsight {
  /** What would let more ancestors be found, said where that may have mattered; null when nothing is missing. */
  readonly horizon?: string | null;
  /** What went wrong when commits were looked up. */
  readonly notes?: readonly string[];
}

/** A baseline that was found, and how. */
export interface Baseline {
  readonly snapshot: SnapshotView;
  readonly facts: PointerBaseline;
  /** The commit that the distance is counted from: that of the base, or the one that was built. */
  readonly countedFrom: 'base' | 'built';
  /** Whether it is in the store that the run itself writes to: trouble with that one is trouble of the run. */
  readonly own: boolean;
  /** Reads all layers again, whatever the store knows of them; null where there is no image to read. */
  readonly readAgain: (() => Promise<Baseline | null>) | null;
}

export interface ResolvedBaseline {
  /** Null on a first run. */
  readonly baseline: Baseline | null;
  /** What was wrong with a baseline that cannot serve. */
  readonly notes: readonly string[];
  /** Nothing of this platform was found where the baseline is, nor anything damaged. */
  readonly lacks: boolean;
  /** All that the baseline's image is for, as far as it is told. */
  readonly beside: readonly Platform[];
}

const NOTHING = { baseline: null, lacks: false, beside: [] } as const;

/** The image that a baseline is wanted for. */
export interface BaselineSubject {
  readonly name: string;
  readonly platform: Platform;
  readonly origin: Origin;
  /** A baseline image without the platform is a mistake; among several it makes a first run. */
  readonly alone: boolean;
}

/**
 * Finds the snapshot to compare with. A store's baseline is not trusted: damage there makes a first run, and is said;
 * so does a store that cannot be reached, unless it is the run's own.
 * @throws VarveError when an image that was named as baseline, or the run's own store, cannot be read.
 */
export async function resolveBaseline(
  tools: ImageTools & LayerTools,
  request: SettledBaseline,
  image: BaselineSubject,
): Promise<ResolvedBaseline> {
  switch (request.kind) {
    case 'none':
      return { ...NOTHING, notes: [] };
    case 'image':
      return takeBaseline(tools, request.reference, image);
    case 'unavailable':
      return { ...NOTHING, notes: [unusable(request.place, request.problem)] };
    case 'store':
      return findStored(request, image, request.store === tools.store);
  }
}

async function takeBaseline(
  tools: ImageTools & LayerTools,
  reference: string,
  subject: BaselineSubject,
): Promise<ResolvedBaseline> {
  const { platform, origin, alone } = subject;
  const opened = await openImage(tools, [reference], platform).catch((fault: unknown) => {
    if (!alone && toVarveError(fault).code === 'platform-not-found') return null;
    throw fault;
  });
  if (opened === null) return { ...NOTHING, notes: [], lacks: true };
  await using held = opened;
  const { source, image } = held;
  const taken = await takeSnapshot(tools, image, origin);
  const snapshot = await viewSnapshot(tools.store, origin.tenant, taken);
  const facts = describe('image', source.reference, taken.digest, null, null);
  const beside = [...source.platforms, ...source.absentPlatforms];
  const readAgain = async () => {
    await forgetLayers(tools.store, origin.tenant, taken.snapshot.layers);
    return (await takeBaseline(tools, reference, subject)).baseline;
  };
  return {
    baseline: { snapshot, facts, countedFrom: 'built', own: true, readAgain },
    ...{ notes: noteDamages(tools.store.location, taken.damages), lacks: false, beside },
  };
}

async function findStored(
  { store, situation, horizon = null, notes: given = [] }: Extract<SettledBaseline, { kind: 'store' }>,
  { name, platform, origin: { tenant } }: BaselineSubject,
  own: boolean,
): Promise<ResolvedBaseline> {
  const notes = [...given];
  let damaged = false;
  const onDamage = (object: string, problem: string): void => {
    damaged = true;
    notes.push(`history entry ${object} of ${store.location} is damaged and was passed over: ${problem}`);
  };
  try {
    const query = { tenant, name, platform, onDamage };
    const { found, entry, distance } = await findBaselineEntry(store.history, query, situation);
    if (
      horizon !== null &&
      distance === null &&
      (entry !== null || (await hasEntries(store.history, query)))
    ) {
      notes.push(horizon);
    }
    if (entry === null) return { ...NOTHING, notes, lacks: !damaged };
    const snapshot = await loadSnapshot(store, tenant, entry.snapshotDigest);
    const facts = describe(found, store.location, entry.snapshotDigest, entry, distance);
    const countedFrom = situation.kind === 'pull-request' ? 'base' : 'built';
    const beside = entry.platforms ?? [];
    const baseline = { snapshot, facts, countedFrom, own, readAgain: null } as const;
    return { baseline, notes, lacks: false, beside };
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.kind === 'internal' || (error.kind === 'outside' && own)) throw fault;
    return { ...NOTHING, notes: [...notes, unusable(store.location, tellFault(error))] };
  }
}

/** Whether there is anything that more knowledge could have led to: entries of pull requests never serve. */
async function hasEntries(history: HistoryStore, query: HistoryQuery): Promise<boolean> {
  for await (const entry of history.list(query)) if (entry.pullRequest === null) return true;
  return false;
}

/** Says that a baseline could not serve, and what follows from it. */
export function unusable(place: string, problem: string): string {
  return `the baseline in ${place} cannot be used (${problem}), so this counts as a first run`;
}

function describe(
  found: PointerBaseline['found'],
  place: string,
  snapshotDigest: Digest,
  entry: HistoryEntry | null,
  distance: number | null,
): PointerBaseline {
  const { commit = null, branch = null, time = null } = entry ?? {};
  return { found, place, snapshotDigest, commit, branch, time, distance };
}
