import { toVarveError, VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { type HistoryEntry, HistoryEntrySchema } from '../../core/history/history.ts';
import { unpackLines } from '../../core/pack/json-lines.ts';
import { HISTORY_FILE, MANIFESTS_FILE, type PackReader, payloadFileName } from '../../core/pack/pack.ts';
import { type ManifestLine, readManifestLine } from '../../core/pack/read-manifest-line.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { readSound } from '../../core/surface/damage.ts';
import type { SurfaceItem } from '../../core/surface/item.ts';
import { formatOf, storedItem } from '../../core/surface/item-manifest.ts';
import { SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import type { ItemManifest } from '../../core/surface/manifest.ts';
import { compressedLimit } from '../../core/surface/payload-codec.ts';
import type { Damage, OnDamage } from '../../core/surface/surface-store.ts';
import { malformed, parseStored } from '../../core/words/stored-json.ts';

/** No inventory comes near this many bytes; what claims more is an attack. */
const MOST_PAYLOAD_BYTES = 4 * 1024 ** 3;

export interface UnpackedStore {
  readonly entries: readonly HistoryEntry[];
  /** How many items were sound. */
  readonly items: number;
  /** What was damaged, missing or of another tenant, and was left out. */
  readonly damages: readonly Damage[];
}

/**
 * Takes the content of a pack into a store. A pack is a stranger's: all of it is verified, and what is damaged is left
 * out and reported. What it says about which blob holds which layer is believed unless a config contradicts it, so the
 * store should be one that holds nothing better.
 * @throws VarveError when the pack cannot be reached or the store not be written.
 */
export async function unpackStore(store: Store, tenant: string, pack: PackReader): Promise<UnpackedStore> {
  const damages: Damage[] = [];
  const onDamage: OnDamage = (damage) => damages.push(damage);
  const lines = await readLines(pack, MANIFESTS_FILE, onDamage, (line, object) =>
    readManifestLine(line, tenant, object),
  );
  const items = await putSound(store, await readItems(pack, lines, onDamage), onDamage);
  for (const line of lines) if (line.type === 'image') await store.surface.putSurfaceManifest(line.manifest);
  await recordLayers(store, items, onDamage);
  const entries = await readLines(pack, HISTORY_FILE, onDamage, (line, object) =>
    readEntry(line, tenant, object),
  );
  for (const entry of entries) await store.history.append(entry);
  return { entries, items: items.length, damages };
}

/** The lines of a file that can be read; the others are reported. */
async function readLines<T>(
  pack: PackReader,
  name: string,
  onDamage: OnDamage,
  parse: (line: Uint8Array, object: string) => T,
): Promise<T[]> {
  const lines = await readSound(name, onDamage, async () => {
    const bytes = await pack.read(name, DEFAULT_LIMITS.jsonBytes);
    if (bytes === null) throw new VarveError('truncated', `${name} is missing`, { object: name });
    return unpackLines(bytes, name);
  });
  const parsed: T[] = [];
  for (const [index, line] of (lines ?? []).entries()) {
    const object = `${name}, line ${index + 1}`;
    const value = await readSound(object, onDamage, async () => parse(line, object));
    if (value !== null) parsed.push(value);
  }
  return parsed;
}

function readEntry(line: Uint8Array, tenant: string, object: string): HistoryEntry {
  const entry = parseStored(HistoryEntrySchema, line, object);
  if (entry.tenant !== tenant) throw malformed(object, `belongs to tenant ${entry.tenant}`);
  return entry;
}

async function readItems(
  pack: PackReader,
  lines: readonly ManifestLine[],
  onDamage: OnDamage,
): Promise<SurfaceItem[]> {
  const items: SurfaceItem[] = [];
  for (const { type, manifest } of lines) {
    if (type !== 'item') continue;
    const object = payloadFileName(manifest, formatOf(manifest));
    const item = await readSound(object, onDamage, () => readItem(pack, manifest, object));
    if (item !== null) items.push(item);
  }
  return items;
}

async function readItem(pack: PackReader, manifest: ItemManifest, object: string): Promise<SurfaceItem> {
  const { sizeBytes } = manifest.storage;
  if (sizeBytes > MOST_PAYLOAD_BYTES) {
    throw new VarveError('limit-exceeded', `${object} claims to hold ${sizeBytes} bytes`, { object });
  }
  const compressed = await pack.read(object, compressedLimit(sizeBytes));
  if (compressed === null) throw new VarveError('truncated', `${object} is missing`, { object });
  return storedItem(manifest, compressed);
}

/** Stores items as one batch, or one by one where one of them is damaged; gives those that were sound. */
async function putSound(
  { surface }: Store,
  items: readonly SurfaceItem[],
  onDamage: OnDamage,
): Promise<readonly SurfaceItem[]> {
  try {
    await surface.put(items);
    return items;
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
  }
  const sound: SurfaceItem[] = [];
  for (const item of items) {
    const object = payloadFileName(item.key, item.format);
    const stored = await readSound(object, onDamage, async () => {
      await surface.put([item]);
      return item;
    });
    if (stored !== null) sound.push(stored);
  }
  return sound;
}

/** Lets the store know what the snapshots say about their layers. */
async function recordLayers(
  { surface, layers }: Store,
  items: readonly SurfaceItem[],
  onDamage: OnDamage,
): Promise<void> {
  for (const { key } of items.filter((item) => item.key.kind === SNAPSHOT_KIND)) {
    const object = payloadFileName(key, 'json');
    const snapshot = await readSound(object, onDamage, () => readSnapshot(surface, key.tenant, key.digest));
    if (snapshot !== null) await layers.record(key.tenant, snapshot);
  }
}
