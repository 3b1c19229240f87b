import type { HistoryEntry } from '../../core/history/history.ts';
import { noHistoryOf } from '../../core/history/no-history.ts';
import type { Store } from '../../core/store/store.ts';
import type { ItemKey } from '../../core/surface/item.ts';
import type { ItemManifest, SurfaceManifest } from '../../core/surface/manifest.ts';
import { manifestPath } from '../../core/surface/paths.ts';
import { keyOfListed } from '../../core/surface/surface-manifest.ts';
import type { StoredSurfaceManifest } from '../../core/surface/surface-store.ts';

/** What of a store goes into a kit. */
export interface KitSelection {
  readonly tenant: string;
  /** Only snapshots of these names; empty for all. */
  readonly names: readonly string[];
  /** Only snapshots of these images, by digest of manifest or config or its beginning, or by reference; empty for all. */
  readonly images: readonly string[];
  /** Only items of these kinds, without the images and histories that would need others; empty for everything. */
  readonly kinds: readonly string[];
  /** Only what was taken or made from this time on, in milliseconds since 1970; null for all. */
  readonly since: number | null;
}

export interface SelectedObjects {
  readonly items: readonly ItemManifest[];
  readonly images: readonly StoredSurfaceManifest[];
  readonly entries: readonly HistoryEntry[];
  /** Snapshots that are left out, since the store has not kept all that they consist of. */
  readonly incomplete: readonly HistoryEntry[];
}

/**
 * Selects snapshots with all that they consist of, and what was made of their images: comparisons and the like.
 * @throws VarveError `not-in-store` for a name that the store does not have.
 */
export async function selectObjects(store: Store, selection: KitSelection): Promise<SelectedObjects> {
  const { surface } = store;
  const { tenant, kinds, since } = selection;
  const isWhole = selection.names.length === 0 && selection.images.length === 0;
  const items = new Map<string, ItemManifest>();
  for await (const item of surface.list({ tenant })) items.set(manifestPath(item), item);
  const images = new Map<string, StoredSurfaceManifest>();
  for await (const image of surface.listSurfaceManifests({ tenant })) images.set(image.digest, image);

  const { entries, incomplete } = await selectEntries(store, selection, items, images);
  const wanted = isWhole && since === null ? [...images.values()] : imagesOf(entries, images, selection);
  const whole = wanted.filter(({ manifest }) => isComplete(manifest, items));
  const listed = new Set(
    whole.flatMap(({ manifest }) => manifest.artifacts.map(keyOfListed).map(manifestPath)),
  );
  const madeOf = new Set(whole.map(({ manifest }) => manifest.imageDigest));
  const isWanted = (path: string, { createdAt, source }: ItemManifest): boolean =>
    listed.has(path) ||
    (source.imageDigest !== null && madeOf.has(source.imageDigest)) ||
    (isWhole && (since === null || Date.parse(createdAt) >= since));
  const chosen = [...items].filter(([path, item]) => isWanted(path, item)).map(([, item]) => item);
  if (kinds.length > 0) {
    return {
      items: chosen.filter(({ kind }) => kinds.includes(kind)),
      images: [],
      entries: [],
      incomplete: [],
    };
  }
  return { items: chosen, images: whole, entries, incomplete };
}

async function selectEntries(
  { history, location }: Store,
  { tenant, names, images: references, since }: KitSelection,
  items: ReadonlyMap<string, ItemManifest>,
  images: ReadonlyMap<string, StoredSurfaceManifest>,
): Promise<Pick<SelectedObjects, 'entries' | 'incomplete'>> {
  const entries: HistoryEntry[] = [];
  const incomplete: HistoryEntry[] = [];
  const all = await history.names(tenant);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw noHistoryOf(unknown, location, all);
  for (const name of names.length === 0 ? all : names) {
    for await (const entry of history.list({ tenant, name })) {
      if (since !== null && Date.parse(entry.time) < since) continue;
      const manifest = images.get(entry.surfaceManifestDigest)?.manifest ?? null;
      if (references.length > 0 && !references.some((text) => isOf(text, entry, manifest))) continue;
      if (manifest !== null && isComplete(manifest, items)) entries.push(entry);
      else incomplete.push(entry);
    }
  }
  return { entries, incomplete };
}

/** The images that entries name, and those that were named themselves, which need no history. */
function imagesOf(
  entries: readonly HistoryEntry[],
  images: ReadonlyMap<string, StoredSurfaceManifest>,
  { images: references, names }: KitSelection,
): StoredSurfaceManifest[] {
  const named = new Set<string>(entries.map(({ surfaceManifestDigest }) => surfaceManifestDigest));
  return [...images.values()].filter(
    ({ digest, manifest }) =>
      named.has(digest) ||
      (names.length === 0 && references.some((text) => isDigestOf(text, manifest.imageDigest))),
  );
}

function isComplete({ artifacts }: SurfaceManifest, items: ReadonlyMap<string, ItemManifest>): boolean {
  return artifacts.map(keyOfListed).every((key: ItemKey) => items.has(manifestPath(key)));
}

function isOf(text: string, { reference }: HistoryEntry, image: SurfaceManifest | null): boolean {
  return text === reference || (image !== null && isDigestOf(text, image.imageDigest));
}

/** Whether a text is a digest, or the beginning of one of at least four digits. */
function isDigestOf(text: string, digest: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{4,64}$/.test(text) && digest.slice(7).startsWith(text.replace('sha256:', ''));
}
