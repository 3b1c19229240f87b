import { HISTORY_FILE, MANIFESTS_FILE, parsePayloadFileName } from '../pack/pack.ts';
import { isKind } from '../words/names.ts';

const VENDOR = 'application/vnd.varve.';

/** What an artifact is as a whole. */
export const ARTIFACT_TYPES = {
  /** Any folder of files. */
  files: `${VENDOR}files.v1`,
  /** A snapshot with what the next comparison needs: one entry of a history. */
  snapshot: `${VENDOR}snapshot.v1`,
  /** What a run found out about an image: it refers to it as its subject. */
  report: `${VENDOR}report.v1`,
  /** An offline kit: its tar and its index. */
  kit: `${VENDOR}kit.v1`,
} as const;

/** The file of a kit's artifact that has all of it. */
export const KIT_FILE = 'kit.tar';

/** The config of a `snapshot` artifact: the history entry. */
export const ENTRY_TYPE = `${VENDOR}history-entry.v1+json`;

/** Files that are known by their names, wherever in a folder they stand. */
const NAMED_FILES: readonly (readonly [name: string, mediaType: string])[] = [
  ['varve-pointer.json', `${VENDOR}pointer.v1+json`],
  ['surface-manifest.json', `${VENDOR}surface-manifest.v1+json`],
  ['snapshot.json', `${VENDOR}snapshot.v1+json`],
  ['comparison.json', `${VENDOR}comparison.v1+json`],
  ['manifest-index.json', `${VENDOR}kit-index.v1+json`],
  [KIT_FILE, `${VENDOR}kit.v1+tar`],
  ['report.md', `${VENDOR}report.v1+markdown`],
  [HISTORY_FILE, `${VENDOR}history.v1+jsonl+gzip`],
  [MANIFESTS_FILE, `${VENDOR}manifests.v1+jsonl+gzip`],
];

/** What artifacts of others begin their types with that are read too: caches of LowEndInsight. */
const FOREIGN = 'application/vnd.lei.cache.';

/** Their files, each known by its type alone. */
const FOREIGN_FILES: readonly (readonly [name: string, mediaType: string])[] = [
  ['manifest.json', `${FOREIGN}manifest+json`],
  ['cache.jsonl.gz', `${FOREIGN}jsonl+gzip`],
];

/** Endings of files that are not known by name, each with what it adds to the type; the first that fits counts. */
const ENDINGS: readonly (readonly [ending: string, suffix: string])[] = [
  ['.jsonl.gz', '+jsonl+gzip'],
  ['.json.zst', '+json+zstd'],
  ['.ndjson.zst', '+ndjson+zstd'],
  ['.json', '+json'],
  ['.ndjson', '+ndjson'],
  ['.jsonl', '+jsonl'],
  ['.gz', '+gzip'],
  ['.zst', '+zstd'],
  ['.md', '+markdown'],
  ['.html', '+html'],
];

const TYPE_OF_NAME = new Map(NAMED_FILES);
const NAME_OF_TYPE = new Map(
  [...NAMED_FILES, ...FOREIGN_FILES].map(([name, mediaType]) => [mediaType, name]),
);

/**
 * The media type of a file in an artifact.
 * @param path its place in the folder, with slashes.
 */
export function mediaTypeOfFile(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const known = TYPE_OF_NAME.get(name);
  if (known !== undefined) return known;
  const payload = parsePayloadFileName(name);
  if (payload !== null) return `${VENDOR}${payload.kind}.v1+${payload.format}+zstd`;
  const [, suffix = ''] = ENDINGS.find(([ending]) => name.endsWith(ending)) ?? [];
  return `${VENDOR}file.v1${suffix}`;
}

/**
 * The name of a file that came without one: some media types are those of one file only.
 * @returns null for a type that many files have.
 */
export function fileNameOfType(mediaType: string): string | null {
  return NAME_OF_TYPE.get(mediaType) ?? null;
}

/** Whether a file in an artifact may have a media type: it is what Varve gives it, or that of such a file of others. */
export function isTypeOfFile(mediaType: string, path: string): boolean {
  return (
    mediaTypeOfFile(path) === mediaType ||
    FOREIGN_FILES.some((file) => file.join() === [path, mediaType].join())
  );
}

/** Whether artifacts of a type are read: Varve's own, and those whose files are known here. */
export function isReadType(mediaType: string): boolean {
  return mediaType.startsWith(VENDOR) || mediaType.startsWith(FOREIGN);
}

/** Tells whether a media type is one that a file may have. */
export function isFileType(mediaType: string): boolean {
  if (NAME_OF_TYPE.has(mediaType)) return true;
  if (!mediaType.startsWith(VENDOR)) return false;
  const [, kind = '', suffix = ''] = /^(.+)\.v1(\+.+)?$/.exec(mediaType.slice(VENDOR.length)) ?? [];
  if (kind === 'file') return suffix === '' || ENDINGS.some(([, each]) => each === suffix);
  return isKind(kind) && (suffix === '+json+zstd' || suffix === '+ndjson+zstd');
}
