import { type Digest, digestFromHex, digestOf } from '../../../base/digest.ts';
import { attempt, VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import { withPauses } from '../../../base/pausable.ts';
import { type ImageConfig, parseConfig, platformOf } from '../../../core/image/config.ts';
import {
  familiarRepository,
  isDockerName,
  parseDockerName,
  sameDockerName,
  wholeName,
} from '../../../core/image/docker-name.ts';
import { alignHistory } from '../../../core/image/history.ts';
import type {
  LayerLocation,
  OpenedSource,
  SourceImage,
  SourceLayer,
} from '../../../core/image/image-source.ts';
import { type PassedOverImage, passOver } from '../../../core/image/listing.ts';
import type { ImageManifest, IndexEntry } from '../../../core/image/manifest.ts';
import { DOCKER_CONFIG } from '../../../core/image/media-type.ts';
import type { RawDocument } from '../../../core/image/raw-document.ts';
import { formatReference, type ImageReference } from '../../../core/image/reference.ts';
import { chooseByPrefix, type DigestBeginning } from '../../../core/words/digest-prefix.ts';
import type { Finding } from '../../../core/words/finding.ts';
import { DocumentBudget } from '../document-budget.ts';
import { listContents } from '../layout-contents.ts';
import { openLayoutImage } from '../layout-image.ts';
import { listNames, shorten } from '../list-names.ts';
import { type DockerItem, ITEMS_FILE, REPOSITORIES_FILE, readItems, selectItem } from './docker-items.ts';
import { type ImageFiles, noImage } from './image-files.ts';
import { blobName, INDEX_FILE, LAYOUT_FILE, Layout } from './layout.ts';
import { IMAGE_NAME } from './layout-selection.ts';

export type ArchiveReference = Extract<ImageReference, { transport: 'docker-archive' }>;

/**
 * Opens an image of what `docker save` writes. The archives of a containerd store keep the manifest as it was
 * distributed; those of the classic store, old and new, and of other programs have none of their own: there,
 * manifest, layer digests and sizes stay null.
 */
export async function openDockerArchive(
  files: ImageFiles,
  reference: ArchiveReference,
  limits: Limits,
): Promise<OpenedSource> {
  const items = await readItems(files, limits);
  if (items === null) throw noItems(files);
  const { name, path, digest } = reference;
  const layout = new Layout(files, limits);
  const identified = digest === undefined ? null : await findIdentified(layout, items, digest, limits);
  const item = identified?.item ?? selectItem(items, name, path);
  refuseTwice(files, item.Config);
  const text = formatReference(identified === null ? reference : { ...reference, digest: identified.digest });
  const { distributed, ...odd } = await compareWithLayout(layout, item, {
    name: reference.name,
    others: items.filter((each) => each !== item),
  });
  if (distributed !== null) return withOdd(await openLayoutImage(layout, [distributed], text), odd);

  const config = await readConfig(files, item, limits);
  return {
    reference: text,
    digest: null,
    embeddedName: embeddedName(item, reference.name),
    platforms: [platformOf(config.value)],
    absent: [],
    attachments: [],
    image: async () => toSourceImage(files, item, config, odd),
    readDocument: async () => null,
    [Symbol.asyncDispose]: async () => {},
  };
}

/**
 * The image of a digest, or of the beginning of one: of its config, which is the image ID, or of its manifest, where the
 * archive has that as distributed.
 * @throws VarveError `image-not-found`; `bad-reference` where several digests begin so.
 */
async function findIdentified(
  layout: Layout,
  items: readonly DockerItem[],
  wanted: DigestBeginning,
  limits: Limits,
): Promise<{ readonly item: DockerItem; readonly digest: Digest }> {
  const { files } = layout;
  const named = new Map<Digest, DockerItem>();
  for (const item of items) {
    const config = await files.read(item.Config, limits);
    if (config !== null) named.set(digestOf(config), item);
    const { distributed } = await compareWithLayout(layout, item);
    if (distributed !== null) named.set(distributed.digest, item);
  }
  const digest = chooseByPrefix({ text: wanted }, named.keys(), `images of ${files.path}`);
  const item = digest && named.get(digest);
  if (digest && item) return { item, digest };
  throw new VarveError('image-not-found', `${files.path} has no image ${wanted}`, {
    object: files.path,
    hint: `it has ${listNames([...named.keys()])}`,
  });
}

/** Tells whether an archive with a `manifest.json` is best read by that, and not as an OCI layout. */
export async function isClassicArchive(files: ImageFiles, limits: Limits): Promise<boolean> {
  const [item] = (await readItems(files, limits)) ?? [];
  if (item === undefined) return false;
  return (await compareWithLayout(new Layout(files, limits), item)).distributed === null;
}

interface LayoutComparison {
  /**
   * The entry of `index.json` that leads to the image of an item of `manifest.json` as it was distributed. Null where
   * the classic store made the archive: from Docker 25 on it writes an OCI manifest too, but makes it up as it saves,
   * and wrote it wrong at first (https://github.com/moby/moby/issues/47065).
   */
  readonly distributed: IndexEntry | null;
  readonly findings: readonly Finding[];
  /** Manifests of the images that `index.json` leads to instead. */
  readonly passedOver: readonly PassedOverImage[];
}

const NOTHING_ODD = { findings: [], passedOver: [] } as const;

/** How an item was chosen: by what name, if by any, and from what others. */
interface Choice {
  readonly name: string | null;
  readonly others: readonly DockerItem[];
}

async function compareWithLayout(
  layout: Layout,
  item: DockerItem,
  choice: Choice = { name: null, others: [] },
): Promise<LayoutComparison> {
  const { files } = layout;
  if (files.find(LAYOUT_FILE) === null || files.find(INDEX_FILE) === null)
    return { distributed: null, ...NOTHING_ODD };
  // Only the classic store writes these two in addition to a layout.
  const isClassic = item.LayerSources !== undefined || files.find(REPOSITORIES_FILE) !== null;
  let distributed: IndexEntry | null = null;
  let isThere = false;
  const elsewhere: LedTo[] = [];
  const budget = new DocumentBudget(layout);
  for (const entry of (await layout.readIndexFile()).manifests) {
    const found: LedTo[] = [];
    for (const image of (await listContents(layout, [entry], budget)).images) {
      budget.spend(image.entry.size);
      const manifest = (await layout.readManifest(image.entry))?.value;
      if (manifest === undefined) continue;
      found.push({ entry, digest: image.entry.digest, config: blobName(manifest.config.digest) });
      if (!isClassic && isSameImage(manifest, item)) distributed ??= entry;
    }
    if (found.some(({ config }) => config === item.Config)) isThere = true;
    else elsewhere.push(...found);
  }
  const rivals = isThere ? elsewhere.filter(mayPassFor(item, choice)) : elsewhere;
  if (rivals.length === 0) return { distributed, ...NOTHING_ODD };
  const detail = `${INDEX_FILE} leads to other images than ${ITEMS_FILE}, which is the one that is read`;
  return {
    distributed,
    findings: [{ code: 'index-mismatch', detail }],
    passedOver: [...new Set(rivals.map(({ digest }) => digest))].map(passOver),
  };
}

/** An image that an entry of `index.json` leads to. */
interface LedTo {
  readonly entry: IndexEntry;
  readonly digest: Digest;
  /** The name of its blob. */
  readonly config: string;
}

/** Tells whether a program that reads `index.json` may take another image for that of an item. */
function mayPassFor(item: DockerItem, { name, others }: Choice): (image: LedTo) => boolean {
  const own = new Set((item.RepoTags ?? []).map(wholeName));
  const otherConfigs = new Set(others.map(({ Config }) => Config));
  return ({ entry, config }) => {
    if (name === null) return true;
    const called = entry.annotations?.[IMAGE_NAME];
    return called === undefined ? !otherConfigs.has(config) : own.has(wholeName(called));
  };
}

/**
 * The image that entries of an archive's `index.json` are, with what other images its `manifest.json` leads to: programs
 * differ on which of the two they read.
 * @param tag what the entries were chosen by.
 */
export async function withClassicItems(
  layout: Layout,
  opened: OpenedSource,
  entries: readonly IndexEntry[],
  tag: string | null,
  limits: Limits,
): Promise<OpenedSource> {
  const { files } = layout;
  const items = await attempt(['bytes'], () => readItems(files, limits));
  // What cannot be read as a list of images leads nowhere.
  if (items === null || items instanceof VarveError) return opened;
  const own = new Set<string>();
  const budget = new DocumentBudget(layout);
  for (const { entry } of (await listContents(layout, entries, budget)).images) {
    budget.spend(entry.size);
    const manifest = (await layout.readManifest(entry))?.value;
    if (manifest !== undefined) own.add(blobName(manifest.config.digest));
  }
  const passedOver = new Map<string, Digest>();
  for await (const { Config, RepoTags = [] } of withPauses(items)) {
    const isMeant =
      tag === null || RepoTags.some((name) => name.endsWith(`:${tag}`) || sameDockerName(name, tag));
    if (isMeant) refuseTwice(files, Config);
    // Links may give one config many names.
    const place = JSON.stringify(files.find(Config)?.location);
    if (own.has(Config) || !isMeant || passedOver.has(place)) continue;
    const config = await files.read(Config, limits);
    if (config !== null) passedOver.set(place, digestOf(config));
  }
  if (passedOver.size === 0) return opened;
  const detail = `${ITEMS_FILE} leads to other images than ${INDEX_FILE}, which is the one that is read`;
  return withOdd(opened, {
    findings: [{ code: 'index-mismatch', detail }],
    passedOver: [...passedOver.values()].map(passOver),
  });
}

function withOdd(
  opened: OpenedSource,
  { findings, passedOver }: Omit<LayoutComparison, 'distributed'>,
): OpenedSource {
  if (findings.length === 0) return opened;
  return {
    ...opened,
    image: async (index) => {
      const image = await opened.image(index);
      return {
        ...image,
        findings: [...image.findings, ...findings],
        passedOver: [...(image.passedOver ?? []), ...passedOver],
      };
    },
  };
}

function isSameImage({ config, layers }: ImageManifest, { Config, Layers = [] }: DockerItem): boolean {
  const names = [config, ...layers].map(({ digest }) => blobName(digest));
  return names.join() === [Config, ...Layers].join();
}

/** Nothing but its own bytes tells which config is meant. */
function refuseTwice(files: ImageFiles, config: string): void {
  if (files.find(config)?.isTwice !== true) return;
  const object = `${files.path}: ${shorten(config)}`;
  throw new VarveError('malformed', `${object} is the config of an image, and stands there twice`, {
    object,
    hint: 'programs disagree on which of the two counts: save the image again',
  });
}

/** The name of a config is a path: engines take what is there, whatever digest the path seems to promise. */
async function readConfig(
  files: ImageFiles,
  { Config }: DockerItem,
  limits: Limits,
): Promise<RawDocument<ImageConfig>> {
  const object = `${files.path}: the config ${shorten(Config)}`;
  const bytes = await files.read(Config, limits);
  if (bytes === null) throw missing(files, Config);
  return parseConfig(bytes, { object, mediaType: DOCKER_CONFIG, digest: null, size: null }, limits);
}

/** What programs name configs by: `HEX.json`, `sha256:HEX`, `blobs/sha256/HEX`. */
const CONFIG_NAME = /(?:^|[/:])([0-9a-f]{64})(?:\.json)?$/;

function configFindings(name: string, digest: Digest): Finding[] {
  const promised = digestIn(name, CONFIG_NAME);
  if (promised === null || promised === digest) return [];
  return [{ code: 'config-misnamed', detail: `${shorten(name)} has the digest ${digest}` }];
}

function toSourceImage(
  files: ImageFiles,
  { Config, Layers = [] }: DockerItem,
  config: RawDocument<ImageConfig>,
  { findings, passedOver }: Omit<LayoutComparison, 'distributed'>,
): SourceImage {
  const diffIds = config.value.rootfs.diff_ids;
  if (Layers.length !== diffIds.length) {
    const object = `${files.path}: ${ITEMS_FILE}`;
    throw new VarveError('malformed', `${object} has ${Layers.length} layers, the config ${diffIds.length}`, {
      object,
    });
  }
  return {
    platform: platformOf(config.value),
    manifest: null,
    config,
    layers: diffIds.map((diffId, index) => toSourceLayer(files, Layers[index] ?? '', diffId, index)),
    findings: [
      ...files.findings,
      ...findings,
      ...configFindings(Config, config.digest),
      ...alignHistory(config.value).findings,
    ],
    ...(passedOver.length > 0 && { passedOver }),
  };
}

/** What programs name layers by; `ID/layer.tar` names no content. */
const LAYER_NAME = /^(?:blobs\/sha256\/|sha256:)?([0-9a-f]{64})(?:\.tar(?:\.gz)?)?$/;

function toSourceLayer(files: ImageFiles, name: string, diffId: Digest, index: number): SourceLayer {
  const file = files.find(name);
  const location: LayerLocation = file?.location ?? { kind: 'absent', reason: missing(files, name).message };
  const address = digestIn(name, LAYER_NAME);
  return {
    index,
    diffId,
    digest: null,
    size: null,
    mediaType: null,
    address,
    storedSize: file?.size ?? 0,
    location,
  };
}

function digestIn(name: string, pattern: RegExp): Digest | null {
  const hex = pattern.exec(name)?.[1];
  return hex === undefined ? null : digestFromHex(hex);
}

function embeddedName({ RepoTags = [] }: DockerItem, wanted: string | null): string | null {
  const name = wanted ?? RepoTags[0];
  return name !== undefined && isDockerName(name) ? familiarRepository(parseDockerName(name)) : null;
}

function missing(files: ImageFiles, name: string): VarveError {
  const object = `${files.path}: ${shorten(name)}`;
  return new VarveError('blob-missing', `${object} is not there`, {
    object,
    hint: 'the archive was cut off or is incomplete: save the image again',
  });
}

function noItems(files: ImageFiles): VarveError {
  if (files.find(REPOSITORIES_FILE) === null || files.unterminated) {
    return noImage(files, ITEMS_FILE, 'name an archive as docker save or podman save write them');
  }
  return new VarveError('unsupported', `${files.path} is an archive of Docker before 1.10`, {
    object: files.path,
    hint: 'load it into a current engine and save it again',
  });
}
