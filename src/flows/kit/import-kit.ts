import { toVarveError, VarveError } from '../../base/errors.ts';
import { formatCount } from '../../base/human-size.ts';
import { withPauses } from '../../base/pausable.ts';
import { type KitIndex, kitBytes } from '../../core/kit/kit-index.ts';
import type { KitReader } from '../../core/kit/kit-place.ts';
import type { Store } from '../../core/store/store.ts';
import type { ItemKey, SurfaceItem } from '../../core/surface/item.ts';
import { SURFACE_KIND } from '../../core/surface/keys.ts';
import { expiryAfter } from '../../core/surface/retention.ts';
import { importByEntry } from './import-by-entry.ts';
import type { ImportTools } from './plan-kit.ts';
import { type KitObject, readKit, readKitIndex, verifyKit } from './read-kit.ts';

/** How many items, or stored bytes, are put as one batch: memory does not grow with the kit. */
const BATCH_ITEMS = 500;
const BATCH_BYTES = 32 * 1024 * 1024;

/** How many of the required items that are lacking an error names. */
const NAMED = 20;

/**
 * Takes what a kit holds into a store. All of it is read and verified before any of it can be seen, then it is put in
 * order: items, images, entries. What is there already stays, so a kit can be taken again, and kits in any order. What has
 * expired on the way is kept for a week.
 *
 * What a kit says of layers is not recorded: its digests prove that it is whole, not that it is true, so it is shown and
 * compared with, and spares reading no layer.
 * @throws VarveError `not-in-store` that names what the kit requires and the store lacks; of kind `bytes` for a kit that
 * is damaged; `store-unwritable`, and then the same kit can be taken again.
 */
export async function importKit(store: Store, kit: KitReader, tools: ImportTools): Promise<KitIndex> {
  const index = await readKitIndex(kit);
  await requireBase(store, index);
  await verifyKit(kit, index, tools);
  const progress = tools.startProgress({ layers: null, bytes: kitBytes(index), done: 'imported' });
  try {
    const read = readKit(kit, index, { advance: (bytes) => progress.advance(bytes), again: true });
    const objects = withPauses(keepAWhile(read, tools.now()), tools.signal);
    if (store.keepsByEntry) {
      const scratch = await tools.openScratch();
      await putAll(scratch, objects);
      await importByEntry(scratch, store, index);
      return index;
    }
    await putAll(store, objects);
  } finally {
    progress.clear();
  }
  return index;
}

/** Days that what comes with a kit is kept at least: it may have expired on its way, and nothing needs it yet. */
const LEAST_DAYS = 7;

/** Lets what has expired, or soon will, be kept until the history is there that needs it. */
async function* keepAWhile(objects: AsyncIterable<KitObject>, now: number): AsyncGenerator<KitObject> {
  const least = expiryAfter(LEAST_DAYS, new Date(now).toISOString());
  for await (const object of objects) {
    const { expiresAt = null } = object.type === 'item' ? object.item : {};
    const isShort = least !== null && expiresAt !== null && Date.parse(expiresAt) < Date.parse(least);
    yield object.type === 'item' && isShort
      ? { ...object, item: { ...object.item, expiresAt: least } }
      : object;
  }
}

async function putAll({ surface, history }: Store, objects: AsyncIterable<KitObject>): Promise<void> {
  let batch: SurfaceItem[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await surface.put(batch);
    batch = [];
    bytes = 0;
  };
  for await (const object of objects) {
    if (object.type === 'item') {
      batch.push(object.item);
      bytes += object.item.compressed.length;
      if (batch.length >= BATCH_ITEMS || bytes >= BATCH_BYTES) await flush();
      continue;
    }
    await flush();
    if (object.type === 'image') await surface.putSurfaceManifest(object.manifest);
    else await history.append(object.entry, 'carried');
  }
  await flush();
}

/** @throws VarveError `not-in-store` that names what the kit requires and the store lacks. */
export async function requireBase(store: Store, { requires }: KitIndex): Promise<void> {
  const lacking: string[] = [];
  for (const key of requires) {
    if (!(await isHeld(store, key))) lacking.push(`${key.kind} ${key.digest}`);
  }
  if (lacking.length === 0) return;
  const named = lacking.slice(0, NAMED).join(', ');
  const more = lacking.length > NAMED ? `, and ${lacking.length - NAMED} more` : '';
  const count = formatCount(requires.length, 'item');
  throw new VarveError(
    'not-in-store',
    `${store.location} lacks ${lacking.length} of ${count} that the kit requires: ${named}${more}`,
    {
      object: store.location,
      hint: 'import the kit that brought them first, or have a kit made with a new receipt of this store, or without one',
    },
  );
}

/** What is damaged is not held. */
async function isHeld({ surface }: Store, { tenant, kind, digest }: ItemKey): Promise<boolean> {
  try {
    const found =
      kind === SURFACE_KIND
        ? await surface.getSurfaceManifest(tenant, digest)
        : await surface.getItem({ tenant, kind, digest });
    return found !== null;
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
    return false;
  }
}
