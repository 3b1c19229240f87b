import { VarveError } from '../../base/errors.ts';
import { formatCount } from '../../base/human-size.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import type { KitIndex } from '../../core/kit/kit-index.ts';
import type { Store } from '../../core/store/store.ts';
import type { ItemKey } from '../../core/surface/item.ts';
import type { ItemManifest } from '../../core/surface/manifest.ts';
import { manifestPath } from '../../core/surface/paths.ts';
import { keyOfListed } from '../../core/surface/surface-manifest.ts';

/** An entry with the items that are to be kept with it. */
interface EntryToKeep {
  readonly entry: HistoryEntry;
  readonly items: readonly ItemKey[];
}

/**
 * Takes what a kit holds into a store that keeps everything with the entries of its histories.
 * @param from has all of the kit.
 * @throws VarveError `unsupported` for what none of the kit's entries needs.
 */
export async function importByEntry(from: Store, to: Store, index: KitIndex): Promise<void> {
  const kept = await assignItems(from, to, index);
  for (const { entry, items } of kept) {
    for (const key of items) {
      const item = await from.surface.getItem(key);
      if (item !== null) await to.surface.put([item]);
    }
    const { tenant, surfaceManifestDigest } = entry;
    const image = await from.surface.getSurfaceManifest(tenant, surfaceManifestDigest);
    if (image !== null) await to.surface.putSurfaceManifest(image);
    await to.history.append(entry, 'carried');
  }
}

/** Each item goes with the first entry whose image lists it, or that it was made of. */
async function assignItems(from: Store, to: Store, index: KitIndex): Promise<EntryToKeep[]> {
  const left = new Map<string, ItemManifest>();
  const tenants = new Set(index.items.map(({ tenant }) => tenant));
  for (const tenant of tenants) {
    for await (const item of from.surface.list({ tenant })) left.set(manifestPath(item), item);
  }
  const images = new Set(index.images.map(({ digest }) => digest));
  const kept: EntryToKeep[] = [];
  for (const entry of await readEntries(from, index)) {
    const { tenant, surfaceManifestDigest } = entry;
    const image =
      (await from.surface.getSurfaceManifest(tenant, surfaceManifestDigest)) ??
      (await to.surface.getSurfaceManifest(tenant, surfaceManifestDigest));
    if (image === null) continue;
    images.delete(surfaceManifestDigest);
    const listed = new Set(image.artifacts.map(keyOfListed).map(manifestPath));
    const own = [...left].filter(
      ([path, { source }]) => listed.has(path) || source.imageDigest === image.imageDigest,
    );
    for (const [path] of own) left.delete(path);
    kept.push({ entry, items: own.map(([, { tenant, kind, digest }]) => ({ tenant, kind, digest })) });
  }
  if (left.size + images.size > 0) throw notOfEntries(to, [...left.values()], images.size);
  return kept;
}

/** The entries of a kit, the oldest first. */
async function readEntries({ history }: Store, index: KitIndex): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  const names = new Map(
    index.history.map(({ tenant, name }) => [JSON.stringify([tenant, name]), { tenant, name }]),
  );
  for (const scope of names.values()) for await (const entry of history.list(scope)) entries.push(entry);
  return entries.sort((a, b) => (a.time < b.time ? -1 : 1));
}

function notOfEntries({ location }: Store, [first]: readonly ItemManifest[], images: number): VarveError {
  const what =
    first === undefined ? formatCount(images, 'surface manifest') : `${first.kind} ${first.digest}, for one`;
  return new VarveError(
    'unsupported',
    `${location} keeps only what an entry of a history needs, and no entry of the kit needs ${what}`,
    {
      object: first === undefined ? location : `${first.kind} ${first.digest}`,
      hint: 'import the kit into a folder or a database, or have one made of names, without --kind',
    },
  );
}
