import type { Digest } from '../base/digest.ts';
import { toVarveError } from '../base/errors.ts';
import type { SnapshotView } from '../core/comparison/snapshot-view.ts';
import { BaselineSearch, type Situation } from '../core/history/choose-baseline.ts';
import type { HistoryEntry } from '../core/history/history.ts';
import type { Platform } from '../core/image/platform.ts';
import type { Store } from '../core/store.ts';
import type { Origin } from '../core/surface/pack-artefact.ts';
import type { PointerBaseline } from '../core/surface/pointer.ts';
import type { LayerTools } from './analyse-layers.ts';
import type { CachedBaseline } from './cached-baseline.ts';
import { loadSnapshot } from './load-snapshot.ts';
import { type ImageTools, openImage } from './open-image.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** What a run is to be compared with. */
export type BaselineRequest =
  | SettledBaseline
  /** A store elsewhere: the run works in its own, and adds to this one what it found. */
  | { readonly kind: 'remote'; readonly store: Store; readonly situation: Situation }
  /** Entries of a cache, which are found once the image is known. */
  | { readonly kind: 'cache'; readonly baseline: CachedBaseline }
  /** A store that cannot be used here: the run goes on without, and says so. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What a run is to be compared with, ready to be looked into. */
export type SettledBaseline =
  | { readonly kind: 'none' }
  | { readonly kind: 'store'; readonly store: Store; readonly situation: Situation }
  | { readonly kind: 'image'; readonly reference: string };

/** A baseline that was found, and how. */
export interface Baseline {
  readonly snapshot: SnapshotView;
  readonly facts: PointerBaseline;
}

export interface ResolvedBaseline {
  /** Null on a first run. */
  readonly baseline: Baseline | null;
  /** What was wrong with a baseline that cannot serve. */
  readonly notes: readonly string[];
}

/**
 * Finds the snapshot to compare with. A store's baseline is not trusted: damage there makes a first run, and is said.
 * @throws VarveError when an image that was named as baseline cannot be read.
 */
export async function resolveBaseline(
  tools: ImageTools & LayerTools,
  request: SettledBaseline,
  image: { readonly name: string; readonly platform: Platform; readonly origin: Origin },
): Promise<ResolvedBaseline> {
  switch (request.kind) {
    case 'none':
      return { baseline: null, notes: [] };
    case 'image':
      return { baseline: await takeBaseline(tools, request.reference, image), notes: [] };
    case 'store':
      return findStored(request.store, request.situation, image);
  }
}

async function takeBaseline(
  tools: ImageTools & LayerTools,
  reference: string,
  { platform, origin }: { readonly platform: Platform; readonly origin: Origin },
): Promise<Baseline> {
  await using opened = await openImage(tools, [reference], platform);
  const { digest } = await takeSnapshot(tools, opened.image, origin);
  return {
    snapshot: await loadSnapshot(tools.store, origin.tenant, digest),
    facts: describe('image', opened.source.reference, digest, null, null),
  };
}

async function findStored(
  store: Store,
  situation: Situation,
  { name, platform, origin }: { readonly name: string; readonly platform: Platform; readonly origin: Origin },
): Promise<ResolvedBaseline> {
  const notes: string[] = [];
  const search = new BaselineSearch(situation);
  const onDamage = (object: string, problem: string): void => {
    notes.push(`history entry ${object} of ${store.location} is damaged and was passed over: ${problem}`);
  };
  for await (const entry of store.history.list({ tenant: origin.tenant, name, platform, onDamage })) {
    if (search.offer(entry)) break;
  }
  const { found, entry, distance } = search.choice;
  if (entry === null) return { baseline: null, notes };
  try {
    const snapshot = await loadSnapshot(store, origin.tenant, entry.snapshotDigest);
    const facts = describe(found, store.location, entry.snapshotDigest, entry, distance);
    return { baseline: { snapshot, facts }, notes };
  } catch (fault) {
    const { kind, message } = toVarveError(fault);
    if (kind !== 'bytes' && kind !== 'usage') throw fault;
    return { baseline: null, notes: [...notes, unusable(store.location, message)] };
  }
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
