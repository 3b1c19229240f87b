import { VarveError } from '../../../base/errors.ts';
import {
  familiarRepository,
  isDockerName,
  parseDockerName,
  sameDockerName,
} from '../../../core/image/docker-name.ts';
import { claimedKind, classifyEntry, referencedDigest } from '../../../core/image/index-entry.ts';
import type { IndexEntry } from '../../../core/image/manifest.ts';
import { formatPlatform } from '../../../core/words/platform.ts';
import { DocumentBudget } from '../document-budget.ts';
import { listContents, statedPlatform } from '../layout-contents.ts';
import { listNames } from '../list-names.ts';
import type { Layout } from './layout.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md */
const REF_NAME = 'org.opencontainers.image.ref.name';
/** The name in full, which containerd, Docker and BuildKit write in addition to the tag. */
export const IMAGE_NAME = 'io.containerd.image.name';

/**
 * Chooses, among the entries of an `index.json`, those that are one image: one entry, or one for each platform, with
 * what is attached to them.
 * @param tag the `ref.name`, or the image's name; without it there must be one image only.
 * @throws VarveError `image-not-found` that lists what there is.
 */
export async function selectEntries(
  layout: Layout,
  entries: readonly IndexEntry[],
  tag: string | null,
): Promise<readonly IndexEntry[]> {
  const { path } = layout.files;
  const chosen = tag === null ? entries.filter(mayBeImage) : entriesTagged(entries, tag);
  if (chosen.length === 0 && tag === null) return entries;
  if (chosen.length === 0) {
    throw new VarveError(
      'image-not-found',
      `${path} has no image ${tag}, only ${listNames(entries.map(nameOf))}`,
      {
        object: path,
        hint: 'write PATH:NAME with one of these names, PATH@DIGEST, or PATH alone where there is one image',
      },
    );
  }
  const images = isOneImage(chosen) ? chosen : await dropArtifacts(layout, chosen);
  if (images.length > 0 && isOneImage(images)) return [...images, ...attachedTo(images, entries, tag)];
  const which = tag === null ? '' : ` ${tag}`;
  throw new VarveError(
    'image-not-found',
    `${path} has more than one image${which}: ${listNames(images.map(nameOf))}`,
    {
      object: path,
      hint: 'add the tag after a colon, or the digest of the manifest after an @',
    },
  );
}

/** Whether an entry goes as that of an image, though only its manifest may tell that it is something else. */
export function mayBeImage(entry: IndexEntry): boolean {
  return claimedKind(entry) === null && ['index', 'manifest'].includes(classifyEntry(entry));
}

/** Signatures and the like may look like images until their manifests are read. */
async function dropArtifacts(layout: Layout, entries: readonly IndexEntry[]): Promise<readonly IndexEntry[]> {
  const images: IndexEntry[] = [];
  const budget = new DocumentBudget(layout);
  for (const entry of entries) {
    const contents = await listContents(layout, [entry], budget);
    if (contents.images.length + contents.missing.length > 0) images.push(entry);
  }
  return images;
}

/** Where nothing but one image is chosen from, all else is taken to belong to it. */
function attachedTo(
  images: readonly IndexEntry[],
  entries: readonly IndexEntry[],
  tag: string | null,
): readonly IndexEntry[] {
  const digests = new Set(images.map(({ digest }) => digest));
  return entries.filter((entry) => {
    if (mayBeImage(entry)) return tag === null && !digests.has(entry.digest);
    const subject = referencedDigest(entry);
    return tag === null || (subject !== null && digests.has(subject));
  });
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
  const platforms = [...manifests.values()].map((entry) => {
    const platform = statedPlatform(entry);
    return platform === null ? undefined : formatPlatform(platform);
  });
  const tags = new Set(entries.map((entry) => entry.annotations?.[REF_NAME]));
  return !platforms.includes(undefined) && new Set(platforms).size === manifests.size && tags.size === 1;
}

const nameOf = ({ annotations, digest }: IndexEntry): string =>
  annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME] ?? `@${digest}`;

/** The repository that an entry states for its image, if any; a bare tag names none. */
export function repositoryOf({ annotations }: IndexEntry): string | null {
  const name = annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME] ?? '';
  return /[/:]/.test(name) && isDockerName(name) ? familiarRepository(parseDockerName(name)) : null;
}
