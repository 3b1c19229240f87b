import * as v from 'valibot';
import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import { parseStrictJson } from '../../../base/strict-json.ts';
import { sameDockerName } from '../../../core/image/docker-name.ts';
import { JsonObject, looseShape, parseShape, refuseLongList } from '../../../core/image/raw-document.ts';
import { listNames } from '../list-names.ts';
import type { ImageFiles } from './image-files.ts';

export const ITEMS_FILE = 'manifest.json';
/** All that Docker wrote before 1.10; later engines write it for those, containerd never does. */
export const REPOSITORIES_FILE = 'repositories';

/**
 * One image of an archive's `manifest.json`.
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/v1.2.md#combined-image-json--filesystem-changeset-format
 */
export interface DockerItem {
  /** Names of files in the archive. */
  readonly Config: string;
  readonly Layers?: readonly string[];
  readonly RepoTags?: readonly string[];
  readonly LayerSources?: Readonly<Record<string, unknown>>;
}

const MOST_ITEMS = 10_000;
/** Of all images together. */
const MOST_NAMES = 10_000;

const ItemsSchema = v.array(
  looseShape({
    Config: v.string(),
    Layers: v.exactOptional(v.array(v.string())),
    RepoTags: v.exactOptional(v.array(v.string())),
    LayerSources: v.exactOptional(JsonObject),
  }),
);

/** Reads `manifest.json`; null where there is none. */
export async function readItems(files: ImageFiles, limits: Limits): Promise<readonly DockerItem[] | null> {
  const bytes = await files.read(ITEMS_FILE, limits);
  if (bytes === null) return null;
  const object = `${files.path}: ${ITEMS_FILE}`;
  const items = parseShape(ItemsSchema, parseStrictJson(bytes, object), object);
  refuseLongList(items.length, MOST_ITEMS, 'images', object);
  const names = items.reduce((sum, { RepoTags = [] }) => sum + RepoTags.length, 0);
  refuseLongList(names, MOST_NAMES, 'names', object);
  return items;
}

/**
 * Chooses an image by name; without one there must be one image only.
 * @throws VarveError `image-not-found` that lists what there is.
 */
export function selectItem(items: readonly DockerItem[], name: string | null, path: string): DockerItem {
  const chosen = name === null ? items : items.filter((item) => isCalled(item, name));
  const [first] = chosen;
  if (first !== undefined && chosen.every(({ Config }) => Config === first.Config)) return first;
  const names = items.flatMap(({ Config, RepoTags = [] }) => (RepoTags.length > 0 ? RepoTags : [Config]));
  const listed = listNames(names);
  throw new VarveError(
    'image-not-found',
    first === undefined && name !== null
      ? `${path} has no image ${name}, only ${listed}`
      : `${path} has ${first === undefined ? 'no image' : 'more than one image'}: ${listed}`,
    { object: path, hint: hintFor(items) },
  );
}

function hintFor(items: readonly DockerItem[]): string {
  if (items.length === 0) return 'it was written for no image: save the image again';
  const unnamed = items.some(({ RepoTags = [] }) => RepoTags.length === 0);
  return `add the name with its tag after a colon${unnamed ? '; save what has no name by itself' : ''}`;
}

function isCalled({ RepoTags = [] }: DockerItem, name: string): boolean {
  return RepoTags.some((tag) => sameDockerName(tag, name));
}
