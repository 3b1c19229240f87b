import { VarveError } from '../../base/errors.ts';
import {
  familiarRepository,
  isDockerName,
  parseDockerName,
  sameDockerName,
} from '../../core/image/docker-name.ts';
import { classifyEntry } from '../../core/image/index-entry.ts';
import type { IndexEntry } from '../../core/image/manifest.ts';
import { formatPlatform } from '../../core/image/platform.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md */
const REF_NAME = 'org.opencontainers.image.ref.name';
/** The name in full, which containerd, Docker and BuildKit write beside the tag. */
const IMAGE_NAME = 'io.containerd.image.name';
const NAMES_SHOWN = 20;

/**
 * Chooses, among the entries of an `index.json`, those that are one image: one entry, or one for each platform.
 * @param tag the `ref.name`, or the image's name; without it there must be one image only.
 * @throws VarveError `image-not-found` that lists what there is.
 */
export function selectByTag(
  entries: readonly IndexEntry[],
  tag: string | null,
  path: string,
): readonly IndexEntry[] {
  const images = entries.filter((entry) => ['index', 'manifest'].includes(classifyEntry(entry)));
  const chosen = tag === null ? images : entriesTagged(entries, tag);
  if (chosen.length > 0 && isOneImage(chosen)) return chosen;
  if (chosen.length === 0 && tag === null) return entries;

  const listed = listNames(images);
  if (chosen.length === 0) {
    throw new VarveError('image-not-found', `${path} has no image ${tag}, but ${listed}`, { object: path });
  }
  throw new VarveError(
    'image-not-found',
    `${path} has more than one image${tag === null ? '' : ` ${tag}`}: ${listed}`,
    {
      object: path,
      hint: 'add the tag after a colon, or the digest of the manifest after an @',
    },
  );
}

function entriesTagged(entries: readonly IndexEntry[], tag: string): readonly IndexEntry[] {
  const exact = entries.filter((entry) => entry.annotations?.[REF_NAME] === tag);
  if (exact.length > 0) return exact;
  return entries.filter((entry) => sameDockerName(entry.annotations?.[IMAGE_NAME] ?? '', tag));
}

/** The same manifest under several tags, or manifests of different platforms under one: one image. */
function isOneImage(entries: readonly IndexEntry[]): boolean {
  const manifests = new Map(entries.map((entry) => [entry.digest, entry]));
  if (manifests.size === 1) return true;
  const platforms = [...manifests.values()].map(({ platform }) => platform && formatPlatform(platform));
  const tags = new Set(entries.map((entry) => entry.annotations?.[REF_NAME]));
  return !platforms.includes(undefined) && new Set(platforms).size === manifests.size && tags.size === 1;
}

function listNames(entries: readonly IndexEntry[]): string {
  const names = [...new Set(entries.map(nameOf))];
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return names.length === 0 ? 'none at all' : `${names.slice(0, NAMES_SHOWN).join(', ')}${more}`;
}

const nameOf = ({ annotations, digest }: IndexEntry): string =>
  annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME] ?? `@${digest}`;

/** The repository that an entry states for its image, if any; a bare tag names none. */
export function repositoryOf({ annotations }: IndexEntry): string | null {
  const name = annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME] ?? '';
  return /[/:]/.test(name) && isDockerName(name) ? familiarRepository(parseDockerName(name)) : null;
}
