import { canonicalBytes } from '../../base/canonical-json.ts';
import { digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { formatCount } from '../../base/human-size.ts';
import { withPauses } from '../../base/pausable.ts';
import { entryBytes } from '../../core/history/entry-path.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import {
  buildKitIndex,
  describeKitFile,
  KIT_INDEX_BYTES,
  type KitIndex,
  type KitItem,
  kitEntryPath,
  kitIndexBytes,
  kitManifestPath,
  kitPayloadPath,
} from '../../core/kit/kit-index.ts';
import type { Received } from '../../core/kit/receipt.ts';
import type { Store } from '../../core/store/store.ts';
import type { ItemKey, SurfaceItem } from '../../core/surface/item.ts';
import { SNAPSHOT_KIND, SURFACE_KIND } from '../../core/surface/keys.ts';
import type { ItemManifest } from '../../core/surface/manifest.ts';
import { newManifestBytes } from '../../core/surface/merge-manifest.ts';
import { manifestPath } from '../../core/surface/paths.ts';
import { keyOfListed } from '../../core/surface/surface-manifest.ts';
import type { StartProgress } from '../image/read-layers.ts';
import { type KitSelection, selectObjects } from './select-objects.ts';

/** What work on kits needs of the outside. */
export interface KitTools {
  readonly startProgress: StartProgress;
  /** Ends the work between two steps. */
  readonly signal?: AbortSignal;
}

/** What importing a kit needs in addition. */
export interface ImportTools extends KitTools {
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Opens an empty store, for what can be kept only entry by entry. */
  readonly openScratch: () => Promise<Store>;
}

/** What a kit will have. */
export interface KitPlan {
  readonly index: KitIndex;
  /** Snapshots that are left out, since the store has not kept all that they consist of. */
  readonly incomplete: readonly HistoryEntry[];
  /** Items that need not be read a second time, by the paths of their manifests: as many as may stay in memory. */
  readonly held: ReadonlyMap<string, SurfaceItem>;
}

/** Stored bytes of the items that stay in memory at most. */
const MOST_HELD = 64 * 1024 * 1024;

/**
 * Plans a kit: reads and verifies all that it will have.
 * @param received what the receiver has already; of that, nothing is sent.
 * @throws VarveError `not-in-store` where there is nothing to send; of kind `bytes` for what is damaged.
 */
export async function planKit(
  store: Store,
  selection: KitSelection,
  received: Received,
  tools: KitTools,
): Promise<KitPlan> {
  const { items, images, entries, incomplete } = await selectObjects(store, selection);
  if (items.length + images.length + entries.length === 0) throw nothingToSend(store, incomplete);
  const { described: sent, held } = await describeItems(
    store,
    items.filter((item) => !received.hasItem(item)),
    tools,
  );
  const newImages = images.filter(
    ({ digest, manifest: { tenant } }) => !received.hasItem({ tenant, kind: SURFACE_KIND, digest }),
  );
  const newEntries = entries.filter((entry) => !received.hasEntry(entry.tenant, digestOf(entryBytes(entry))));
  const index = buildKitIndex({
    items: sent,
    images: newImages.map(({ digest, manifest }) => {
      const { tenant, imageDigest } = manifest;
      const path = kitManifestPath({ tenant, kind: SURFACE_KIND, digest });
      return { tenant, digest, imageDigest, manifest: describeKitFile(path, canonicalBytes(manifest)) };
    }),
    history: newEntries.map((entry) => {
      const { tenant, name, platform, time, snapshotDigest, surfaceManifestDigest } = entry;
      const bytes = entryBytes(entry);
      const file = describeKitFile(kitEntryPath(entry, digestOf(bytes)), bytes);
      return { tenant, name, platform, time, snapshotDigest, surfaceManifestDigest, entry: file };
    }),
    requires: [],
  });
  const listed = newImages.flatMap(({ manifest }) => manifest.artifacts.map(keyOfListed));
  const whole = { ...index, requires: presumed(index, listed) };
  if (kitIndexBytes(whole).length > KIT_INDEX_BYTES) throw tooMany(store, whole);
  return { index: whole, incomplete, held };
}

async function describeItems(
  store: Store,
  items: readonly ItemManifest[],
  { startProgress, signal }: KitTools,
): Promise<{ readonly described: KitItem[]; readonly held: Map<string, SurfaceItem> }> {
  const bytes = items.reduce((sum, { storage }) => sum + storage.sizeBytes, 0);
  const progress = startProgress({ layers: null, bytes, done: 'verified' });
  const described: KitItem[] = [];
  const held = new Map<string, SurfaceItem>();
  let heldBytes = 0;
  try {
    for await (const item of withPauses(items, signal)) {
      const read = await readItem(store, item);
      const planned = describeItem(read);
      described.push(planned);
      heldBytes += read.compressed.length;
      if (heldBytes <= MOST_HELD) held.set(planned.manifest.path, read);
      progress.advance(item.storage.sizeBytes);
    }
  } finally {
    progress.clear();
  }
  return { described, held };
}

/** Reads an item that is to be sent. @throws VarveError `not-in-store` when it has gone meanwhile. */
export async function readItem({ surface, location }: Store, key: ItemKey): Promise<SurfaceItem> {
  const item = await surface.getItem(key);
  if (item !== null) return item;
  const { kind, digest } = key;
  throw new VarveError('not-in-store', `${location} has lost ${kind} ${digest} meanwhile`, {
    object: `${kind} ${digest}`,
    hint: 'something is deleted from the store at the same time: try again',
  });
}

export function describeItem(item: SurfaceItem): KitItem {
  const { tenant, kind, digest } = item.key;
  return {
    ...{ tenant, kind, digest },
    manifest: describeKitFile(kitManifestPath(item.key), newManifestBytes(item)),
    payload: describeKitFile(kitPayloadPath(item.key, item.format), item.compressed),
  };
}

/** What the images and entries of a kit need and the kit does not have. @param listed by its images. */
function presumed({ items, images, history }: KitIndex, listed: readonly ItemKey[]): KitIndex['requires'] {
  const needed = [
    ...listed,
    ...history.flatMap(({ tenant, snapshotDigest, surfaceManifestDigest }) => [
      { tenant, kind: SNAPSHOT_KIND, digest: snapshotDigest },
      { tenant, kind: SURFACE_KIND, digest: surfaceManifestDigest },
    ]),
  ];
  const has = new Set([
    ...items.map(manifestPath),
    ...images.map(({ tenant, digest }) => manifestPath({ tenant, kind: SURFACE_KIND, digest })),
  ]);
  const missing = new Map(
    needed.map((key) => [manifestPath(key), key] as const).filter(([path]) => !has.has(path)),
  );
  return [...missing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { tenant, kind, digest }]) => ({ tenant, kind, digest }));
}

function tooMany({ location }: Store, { items }: KitIndex): VarveError {
  return new VarveError(
    'limit-exceeded',
    `${formatCount(items.length, 'item')} are more than a kit may list`,
    {
      object: location,
      hint: 'make several kits: select names with --name, or what is new with --since or --receipt',
    },
  );
}

function nothingToSend({ location }: Store, incomplete: readonly HistoryEntry[]): VarveError {
  const lost = countSnapshots(incomplete);
  const why = lost === 0 ? '' : `; of ${formatCount(lost, 'snapshot')}, it has not kept all`;
  return new VarveError('not-in-store', `${location} has nothing to put into a kit${why}`, {
    object: location,
    hint: 'name the store with --cas-root or --baseline; varve history lists the names that it has',
  });
}

/** How many snapshots entries are of: several may be of one. */
export const countSnapshots = (entries: readonly HistoryEntry[]): number =>
  new Set(entries.map(({ snapshotDigest }) => snapshotDigest)).size;
