import * as v from 'valibot';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { pathWithDigest } from '../history/entry-path.ts';
import { HistoryEntrySchema } from '../history/history.ts';
import type { ItemKey, PayloadFormat } from '../surface/item.ts';
import { FormatSchema, parseKey, SURFACE_KIND } from '../surface/keys.ts';
import { manifestPath, SURFACE_ROOT, surfaceManifestPath } from '../surface/paths.ts';
import { DigestSchema, KindSchema, SizeSchema, TenantSchema } from '../words/schemas.ts';
import { malformed, parseStored } from '../words/stored-json.ts';

export const KIT_SCHEMA = 'varve.kit@1';
/** All files of a kit stand below this path. */
export const KIT_ROOT = 'offline/surface';
/** Lists all the other files. In an archive it comes first. */
export const KIT_INDEX = `${KIT_ROOT}/manifest-index.json`;

/** Bytes of an index at most: some hundred thousand items. */
export const KIT_INDEX_BYTES = 64 * 1024 * 1024;
/** Bytes of any other file at most: it is held in memory. */
export const KIT_FILE_BYTES = 1024 * 1024 * 1024;
/** Objects, lists, texts and numbers of an index at most. */
const KIT_INDEX_VALUES = 2_000_000;

const KitFileSchema = v.strictObject({
  path: v.string(),
  /** Of the file's bytes as they are. */
  digest: DigestSchema,
  /** In bytes. */
  size: SizeSchema,
});

const KitKeySchema = v.strictObject({ tenant: TenantSchema, kind: KindSchema, digest: DigestSchema });

const { tenant, name, platform, time, snapshotDigest, surfaceManifestDigest } = HistoryEntrySchema.entries;

/** What a kit has, and what it presumes to be there already. Each list is sorted by the paths of its manifests. */
export const KitIndexSchema = v.strictObject({
  schema: v.literal(KIT_SCHEMA),
  /** Items: the payload's digest leads to both files. */
  items: v.array(
    v.strictObject({ ...KitKeySchema.entries, manifest: KitFileSchema, payload: KitFileSchema }),
  ),
  /** Surface manifests. */
  images: v.array(
    v.strictObject({
      tenant: TenantSchema,
      digest: DigestSchema,
      imageDigest: DigestSchema,
      manifest: KitFileSchema,
    }),
  ),
  /** Entries of histories. */
  history: v.array(
    v.strictObject({
      ...{ tenant, name, platform, time, snapshotDigest, surfaceManifestDigest },
      entry: KitFileSchema,
    }),
  ),
  /** What images and entries of the kit need that the receiver said it has; surface manifests are of kind `image.surface`. */
  requires: v.array(KitKeySchema),
});

export type KitIndex = v.InferOutput<typeof KitIndexSchema>;
export type KitFile = v.InferOutput<typeof KitFileSchema>;
export type KitItem = KitIndex['items'][number];
export type KitImage = KitIndex['images'][number];
export type KitEntry = KitIndex['history'][number];

/** Where an item's manifest stands in a kit; that of a surface manifest, too. */
export const kitManifestPath = (key: ItemKey): string => intoKit(manifestPath(key));

/** Where an item's payload stands in a kit. */
export function kitPayloadPath(key: ItemKey, format: PayloadFormat): string {
  const { tenant, kind, digest } = parseKey(key);
  return `${KIT_ROOT}/payloads/tenants/${tenant}/${kind}/${hexOf(digest)}.${format}.zst`;
}

/** Where an entry of a history stands in a kit. @param digest of its bytes. */
export function kitEntryPath(entry: Parameters<typeof pathWithDigest>[0], digest: Digest): string {
  return intoKit(pathWithDigest(entry, digest));
}

const intoKit = (path: string): string => `${KIT_ROOT}${path.slice(SURFACE_ROOT.length)}`;

/** Describes a file of a kit. @throws VarveError `limit-exceeded` for one that no reader would take. */
export function describeKitFile(path: string, bytes: Uint8Array): KitFile {
  const file = { path, digest: digestOf(bytes), size: bytes.length };
  checkSize(file);
  return file;
}

/** An index of parts in any order. */
export function buildKitIndex(parts: Omit<KitIndex, 'schema'>): KitIndex {
  return {
    schema: KIT_SCHEMA,
    items: parts.items.toSorted((a, b) => compareTexts(a.manifest.path, b.manifest.path)),
    images: parts.images.toSorted((a, b) => compareTexts(a.manifest.path, b.manifest.path)),
    history: parts.history.toSorted((a, b) => compareTexts(a.entry.path, b.entry.path)),
    requires: parts.requires.toSorted((a, b) => compareTexts(keyText(a), keyText(b))),
  };
}

export const kitIndexBytes = (index: KitIndex): Buffer => canonicalBytes(index);

/** The files that an index lists, in the order in which they stand in an archive. */
export function* listKitFiles({ items, images, history }: KitIndex): Generator<KitFile> {
  for (const { manifest, payload } of items) yield* [manifest, payload];
  for (const { manifest } of images) yield manifest;
  for (const { entry } of history) yield entry;
}

/** Bytes of all files that an index lists. */
export function kitBytes(index: KitIndex): number {
  let bytes = 0;
  for (const { size } of listKitFiles(index)) bytes += size;
  return bytes;
}

/**
 * Reads the index of a kit. No path in it leads anywhere but to its own place.
 * @param object names it in errors.
 * @throws VarveError `malformed`, `limit-exceeded`.
 */
export function parseKitIndex(bytes: Uint8Array, object: string): KitIndex {
  const index = parseStored(KitIndexSchema, bytes, object, { jsonBytes: KIT_INDEX_BYTES }, KIT_INDEX_VALUES);
  for (const file of listKitFiles(index)) checkSize(file);
  const image = index.items.findIndex(({ kind }) => kind === SURFACE_KIND);
  if (image >= 0) throw malformed(object, `items.${image} is a surface manifest, which is not an item`);
  checkPlaces('items', index.items, ({ manifest }) => manifest.path, placesOfItem, object);
  checkPlaces('images', index.images, ({ manifest }) => manifest.path, placesOfImage, object);
  checkPlaces('history', index.history, ({ entry }) => entry.path, placesOfEntry, object);
  checkPlaces('requires', index.requires, keyText, () => [], object);
  return index;
}

function checkSize({ path, size }: KitFile): void {
  if (size <= KIT_FILE_BYTES) return;
  throw new VarveError(
    'limit-exceeded',
    `${path} has ${size} bytes, more than the ${KIT_FILE_BYTES} it may have`,
    {
      object: path,
    },
  );
}

/** Whether each is at its place, and all are in order, so that none is there twice. */
function checkPlaces<T>(
  list: string,
  all: readonly T[],
  orderOf: (each: T) => string,
  placesOf: (each: T) => readonly (readonly [path: string, right: string])[],
  object: string,
): void {
  all.forEach((each, index) => {
    const before = all[index - 1];
    if (before !== undefined && orderOf(before) >= orderOf(each)) {
      throw malformed(object, `${list}.${index} is out of order`);
    }
    for (const [path, right] of placesOf(each)) {
      if (path !== right) throw malformed(object, `${list}.${index}: ${path} should be ${right}`);
    }
  });
}

const placesOfItem = (item: KitItem) => [
  [item.manifest.path, kitManifestPath(item)] as const,
  [item.payload.path, kitPayloadPath(item, formatOfItem(item))] as const,
];
const placesOfImage = ({ tenant, digest, manifest }: KitImage) => [
  [manifest.path, intoKit(surfaceManifestPath(tenant, digest))] as const,
];
const placesOfEntry = (entry: KitEntry) => [
  [entry.entry.path, kitEntryPath(entry, entry.entry.digest)] as const,
];

/** The format that the name of a payload's file tells. */
function formatOfItem({ payload: { path } }: KitItem): PayloadFormat {
  return FormatSchema.options.find((format) => path.endsWith(`.${format}.zst`)) ?? 'json';
}

const keyText = ({ tenant, kind, digest }: ItemKey): string => `${tenant}/${kind}/${digest}`;

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
