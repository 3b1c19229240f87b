import { digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { withPauses } from '../../base/pausable.ts';
import { type HistoryEntry, HistoryEntrySchema } from '../../core/history/history.ts';
import {
  KIT_INDEX,
  type KitEntry,
  type KitFile,
  type KitImage,
  type KitIndex,
  type KitItem,
  kitBytes,
  kitEntryPath,
  parseKitIndex,
} from '../../core/kit/kit-index.ts';
import { type KitReader, missingFile, type ReadFile } from '../../core/kit/kit-place.ts';
import { verifiedItem } from '../../core/surface/examine-item.ts';
import type { ItemKey, SurfaceItem } from '../../core/surface/item.ts';
import { formatOf, parseItemManifest, storedItem } from '../../core/surface/item-manifest.ts';
import { SNAPSHOT_KIND, SURFACE_KIND } from '../../core/surface/keys.ts';
import type { SurfaceManifest } from '../../core/surface/manifest.ts';
import { manifestPath } from '../../core/surface/paths.ts';
import { keyOfListed, parseSurfaceManifest } from '../../core/surface/surface-manifest.ts';
import { malformed, parseStored } from '../../core/words/stored-json.ts';
import type { KitTools } from './plan-kit.ts';

/** What a kit holds, verified. */
export type KitObject =
  | { readonly type: 'item'; readonly item: SurfaceItem }
  | { readonly type: 'image'; readonly manifest: SurfaceManifest }
  | { readonly type: 'entry'; readonly entry: HistoryEntry };

/** Reads the index of a kit. @throws VarveError as `readIndex` does; of kind `bytes` for one that is damaged. */
export async function readKitIndex(kit: KitReader): Promise<KitIndex> {
  return parseKitIndex(await kit.readIndex(), KIT_INDEX);
}

export interface KitReading {
  /** Receives the bytes of each file that was verified. */
  readonly advance?: (bytes: number) => void;
  /** Whether the kit was read before by the same index: a file that has its digest again needs no closer look. */
  readonly again?: boolean;
}

/**
 * Reads all that a kit holds: items first, then images, then entries. Each is verified against the index, against its
 * own digest, and against what it must belong to.
 * @throws VarveError of kind `bytes` that names the first file that is damaged or missing.
 */
export async function* readKit(
  kit: KitReader,
  index: KitIndex,
  { advance = () => {}, again = false }: KitReading = {},
): AsyncGenerator<KitObject> {
  const files = kit.readFiles(index)[Symbol.asyncIterator]();
  const held = new Set([...index.items, ...index.requires].map(manifestPath));
  for (const { tenant, digest } of index.images)
    held.add(manifestPath({ tenant, kind: SURFACE_KIND, digest }));
  const needs = (path: string, keys: readonly ItemKey[]): void => {
    const missing = keys.find((key) => !held.has(manifestPath(key)));
    if (missing === undefined) return;
    const { kind, digest } = missing;
    throw malformed(path, `names ${kind} ${digest}, which the kit neither has nor requires`);
  };
  const next = async (file: KitFile): Promise<Uint8Array> => {
    const bytes = verifyFile(await files.next(), file);
    advance(bytes.length);
    return bytes;
  };
  try {
    for (const item of index.items) {
      yield {
        type: 'item',
        item: await readItem(item, await next(item.manifest), await next(item.payload), again),
      };
    }
    for (const image of index.images) {
      const manifest = readImage(image, await next(image.manifest));
      needs(image.manifest.path, manifest.artifacts.map(keyOfListed));
      yield { type: 'image', manifest };
    }
    for (const each of index.history) {
      const entry = readEntry(each, await next(each.entry));
      const { tenant, snapshotDigest, surfaceManifestDigest } = entry;
      needs(each.entry.path, [
        { tenant, kind: SNAPSHOT_KIND, digest: snapshotDigest },
        { tenant, kind: SURFACE_KIND, digest: surfaceManifestDigest },
      ]);
      yield { type: 'entry', entry };
    }
  } finally {
    await files.return?.();
  }
}

/** Reads and verifies all that a kit holds. @throws VarveError of kind `bytes` that names the first file that is damaged. */
export async function verifyKit(
  kit: KitReader,
  index: KitIndex,
  { startProgress, signal }: KitTools,
): Promise<void> {
  const progress = startProgress({ layers: null, bytes: kitBytes(index), done: 'verified' });
  try {
    for await (const _ of withPauses(
      readKit(kit, index, { advance: (bytes) => progress.advance(bytes) }),
      signal,
    ));
  } finally {
    progress.clear();
  }
}

function verifyFile(read: IteratorResult<ReadFile>, { path, digest, size }: KitFile): Uint8Array {
  if (read.done === true) throw missingFile(path);
  const { path: found, bytes } = read.value;
  if (found !== path) throw malformed(found, `stands where ${path} should`);
  if (bytes.length !== size) {
    throw new VarveError('size-mismatch', `${path} has ${bytes.length} bytes, not ${size}`, { object: path });
  }
  if (digestOf(bytes) === digest) return bytes;
  throw new VarveError('digest-mismatch', `${path} does not have the digest that the index states`, {
    object: path,
  });
}

async function readItem(
  { tenant, kind, digest, manifest: { path }, payload }: KitItem,
  manifestBytes: Uint8Array,
  payloadBytes: Uint8Array,
  again: boolean,
): Promise<SurfaceItem> {
  const manifest = parseItemManifest(manifestBytes, { tenant, kind, digest }, path);
  if (!payload.path.endsWith(`.${formatOf(manifest)}.zst`)) {
    throw malformed(path, `names another format than ${payload.path}`);
  }
  return again ? storedItem(manifest, payloadBytes) : verifiedItem(manifest, payloadBytes, payload.path);
}

function readImage({ tenant, digest, imageDigest, manifest: { path } }: KitImage, bytes: Uint8Array) {
  const manifest = parseSurfaceManifest(bytes, { tenant, digest }, path);
  if (manifest.imageDigest !== imageDigest) throw malformed(path, `is of image ${manifest.imageDigest}`);
  return manifest;
}

function readEntry({ entry: { path, digest }, ...stated }: KitEntry, bytes: Uint8Array): HistoryEntry {
  const entry = parseStored(HistoryEntrySchema, bytes, path, DEFAULT_LIMITS);
  const fits =
    kitEntryPath(entry, digest) === path &&
    entry.snapshotDigest === stated.snapshotDigest &&
    entry.surfaceManifestDigest === stated.surfaceManifestDigest &&
    entry.name === stated.name;
  if (!fits) throw malformed(path, 'is another entry than the index states');
  return entry;
}
