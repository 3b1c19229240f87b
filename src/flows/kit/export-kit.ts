import { canonicalBytes } from '../../base/canonical-json.ts';
import { digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { withPauses } from '../../base/pausable.ts';
import { entryBytes } from '../../core/history/entry-path.ts';
import { type KitEntry, type KitItem, kitBytes, kitIndexBytes } from '../../core/kit/kit-index.ts';
import type { KitWriter } from '../../core/kit/kit-place.ts';
import type { Store } from '../../core/store/store.ts';
import type { SurfaceItem } from '../../core/surface/item.ts';
import { newManifestBytes } from '../../core/surface/merge-manifest.ts';
import { describeItem, type KitPlan, type KitTools, readItem } from './plan-kit.ts';

/**
 * Writes what was planned. Equal stored bytes give an equal kit.
 * @throws VarveError `unreachable` when the store changed since the plan was made; `store-unwritable` for the kit.
 */
export async function exportKit(
  store: Store,
  { index, held }: KitPlan,
  kit: KitWriter,
  { startProgress, signal }: KitTools,
): Promise<void> {
  const progress = startProgress({ layers: null, bytes: kitBytes(index), done: 'written' });
  const add = async (path: string, content: Uint8Array): Promise<void> => {
    await kit.add(path, content);
    progress.advance(content.length);
  };
  try {
    await kit.begin(index, kitIndexBytes(index));
    await addFiles(store, { index, held }, add, signal);
    await kit.commit();
  } finally {
    progress.clear();
  }
}

async function addFiles(
  store: Store,
  { index, held }: Pick<KitPlan, 'index' | 'held'>,
  add: (path: string, content: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const planned of withPauses(index.items, signal)) {
    const item = held.get(planned.manifest.path) ?? (await readAgain(store, planned));
    await add(planned.manifest.path, newManifestBytes(item));
    await add(planned.payload.path, item.compressed);
  }
  for (const { tenant, digest, manifest } of index.images) {
    const image = await store.surface.getSurfaceManifest(tenant, digest);
    if (image === null) throw changed(store, manifest.path);
    await add(manifest.path, canonicalBytes(image));
  }
  for await (const [path, bytes] of readEntries(store, index.history)) await add(path, bytes);
}

async function readAgain(store: Store, planned: KitItem): Promise<SurfaceItem> {
  const item = await readItem(store, planned);
  if (isAsPlanned(describeItem(item), planned)) return item;
  throw changed(store, planned.manifest.path);
}

/** The entries in the order of the index; each history is read once. */
async function* readEntries(
  store: Store,
  planned: readonly KitEntry[],
): AsyncGenerator<readonly [path: string, bytes: Uint8Array]> {
  const groups = Map.groupBy(planned, ({ tenant, name }) => JSON.stringify([tenant, name]));
  const found = new Map<string, Uint8Array>();
  for (const { entry: file, tenant, name } of planned) {
    const group = groups.get(JSON.stringify([tenant, name]));
    if (group !== undefined) {
      groups.delete(JSON.stringify([tenant, name]));
      const wanted = new Map(group.map(({ entry, time }) => [time + entry.digest, entry.path]));
      for await (const entry of store.history.list({ tenant, name })) {
        const bytes = entryBytes(entry);
        const path = wanted.get(entry.time + digestOf(bytes));
        if (path !== undefined) found.set(path, bytes);
      }
    }
    const bytes = found.get(file.path);
    if (bytes === undefined) throw changed(store, file.path);
    found.delete(file.path);
    yield [file.path, bytes];
  }
}

const isAsPlanned = ({ manifest, payload }: KitItem, planned: KitItem): boolean =>
  manifest.digest === planned.manifest.digest && payload.digest === planned.payload.digest;

function changed({ location }: Store, path: string): VarveError {
  return new VarveError('unreachable', `${location} has changed while the kit was made`, {
    object: path,
    hint: 'something else writes to the store: try again',
  });
}
