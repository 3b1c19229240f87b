import { isDigest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import {
  familiarRepository,
  isDockerName,
  parseDockerName,
  sameDockerName,
} from '../../../core/image/docker-name.ts';
import {
  type AbsentImage,
  nameAbsent,
  type OpenedSource,
  type SourceImage,
} from '../../../core/image/image-source.ts';
import { formatReference, splitShortDigest } from '../../../core/image/reference.ts';
import { chooseByPrefix, type DigestBeginning } from '../../../core/words/digest-prefix.ts';
import {
  fitsPlatform,
  formatPlatform,
  normalizePlatform,
  type Platform,
  platformsWithout,
  samePlatform,
  withRelease,
} from '../../../core/words/platform.ts';
import { EngineClient } from '../../engine/engine-client.ts';
import { type EngineSettings, findEngineEndpoint } from '../../engine/engine-endpoint.ts';
import type { Inspection } from '../../engine/engine-messages.ts';
import type { KnownDocuments } from '../known-documents.ts';
import { listNames } from '../list-names.ts';
import { EngineExport, type ExportOptions } from './engine-export.ts';
import { openKnownImage } from './engine-known-image.ts';
import { EngineStored } from './engine-stored.ts';

export interface EngineImageOptions extends ExportOptions {
  readonly settings: EngineSettings;
  readonly known: KnownDocuments;
  /** Ends whatever is asked. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens an image of the engine that the docker client would use. It is asked what the image is before anything else:
 * one whose documents are known is exported only for layers that must be read.
 * @param name a name, an ID, or the beginning of one.
 * @throws VarveError `image-not-found`, `unreachable`, `denied`.
 */
export async function openEngineImage(name: string, options: EngineImageOptions): Promise<OpenedSource> {
  const endpoint = findEngineEndpoint(options.settings);
  if (endpoint === null) throw noEngine(name);
  const engine = new EngineClient(endpoint, undefined, options.signal);
  const short = splitShortDigest(name);
  if (short !== null) return openEngineImage(await completeName(engine, name, short), options);
  const inspection = await engine.inspect(name);
  if (inspection === null) throw await explainMissing(engine, name);
  const exported = new EngineExport(engine, inspection, options);
  let opening: Promise<OpenedSource> | null = null;
  let opened: OpenedSource | null = null;
  const open = async (): Promise<OpenedSource> => {
    opening ??= openUnexported(engine, inspection, exported, options).then(
      (found) => found ?? exported.open(),
    );
    opened = await opening;
    return opened;
  };
  const platforms = platformsIn(inspection);
  return {
    reference: formatReference({ transport: 'docker-daemon', name }),
    id: inspection.Id,
    isCostly: true,
    // The other images of its index are known once it is opened.
    get digest() {
      return inspection.Descriptor?.digest ?? opened?.digest ?? null;
    },
    get attachments() {
      return opened?.attachments ?? [];
    },
    embeddedName: repositoryOf(name, inspection),
    platforms,
    get absent() {
      return opened === null ? absentIn(inspection) : absentOnceOpened(inspection, platforms, opened);
    },
    image: async (index) => pickImage(await open(), platforms, index),
    readDocument: async (descriptor) => (await open()).readDocument(descriptor),
    [Symbol.asyncDispose]: () => exported[Symbol.asyncDispose](),
  };
}

/** A name with the beginning of a digest, completed by what the engine has. */
async function completeName(
  engine: EngineClient,
  asked: string,
  { name, digest }: { readonly name: string; readonly digest: DigestBeginning },
): Promise<string> {
  const pulled = (await engine.list())
    .flatMap(({ RepoDigests }) => RepoDigests)
    .map((each) => each.split('@'));
  const digests = pulled.flatMap(([repository = '', found = '']) =>
    sameDockerName(repository, name) && isDigest(found) ? [found] : [],
  );
  const whole = chooseByPrefix({ text: digest }, digests, `digests of ${name}`);
  if (whole === null) throw await explainMissing(engine, asked);
  return `${name}@${whole}`;
}

/** What an engine reports and what it exports may name the one platform of an image differently. */
function pickImage(
  opened: OpenedSource,
  platforms: readonly Platform[],
  index: number,
): Promise<SourceImage> {
  const wanted = platforms[index];
  const find = (isSame: typeof samePlatform) =>
    opened.platforms.findIndex((one) => wanted !== undefined && isSame(one, wanted));
  const found = [samePlatform, fitsPlatform].map(find).find((place) => place >= 0);
  if (found !== undefined) return opened.image(found);
  if (platforms.length === 1 && opened.platforms.length === 1) return opened.image(0);
  throw new VarveError(
    'platform-not-found',
    `the engine did not export an image for ${wanted && formatPlatform(wanted)}`,
    {
      object: opened.reference,
      hint: 'pull the image again for this platform',
    },
  );
}

/** The platforms that an engine has the image for: of the classic store and of Podman it is always one. */
function platformsIn(inspection: Inspection): Platform[] {
  const listed = inspection.Manifests.filter(({ Kind, Available }) => Kind === 'image' && Available);
  const platforms = listed.flatMap((each) => platformOfListed(each) ?? []);
  if (platforms.length === listed.length && platforms.length > 0) return onceEach(platforms);
  const { Os, Architecture, Variant } = inspection;
  return [
    normalizePlatform({ os: Os || 'linux', architecture: Architecture || 'unknown', variant: Variant }),
  ];
}

/** Of several images for one platform, the first counts; it is marked as one that has duplicates. */
function onceEach(platforms: readonly Platform[]): Platform[] {
  return [...new Map(platforms.toReversed().map((each) => [formatPlatform(each), each])).values()].reverse();
}

function absentIn({ Manifests }: Inspection): AbsentImage[] {
  return Manifests.filter(({ Kind, Available }) => Kind === 'image' && !Available).map((each) => ({
    digest: each.Descriptor.digest,
    platform: platformOfListed(each),
  }));
}

/** The same with what the engine did not report: images that it does not export, and platforms that it adds. */
function absentOnceOpened(
  inspection: Inspection,
  platforms: readonly Platform[],
  opened: OpenedSource,
): AbsentImage[] {
  const more = opened.platforms.length > 1 ? platformsWithout(opened.platforms, platforms) : [];
  const found = [
    ...absentIn(inspection),
    ...opened.absent,
    ...more.map((platform) => ({ digest: inspection.Id, platform })),
  ];
  return [...new Map(found.map((each) => [`${each.digest} ${nameAbsent(each)}`, each])).values()];
}

function platformOfListed({ ImageData, Descriptor }: Inspection['Manifests'][number]): Platform | null {
  const stated = ImageData?.Platform ?? Descriptor.platform;
  return stated === undefined ? null : withRelease(stated, stated);
}

/** Opens an image whose documents earlier runs met, or which are in files that this process may read. */
async function openUnexported(
  engine: EngineClient,
  inspection: Inspection,
  exported: EngineExport,
  { known, limits }: EngineImageOptions,
): Promise<OpenedSource | null> {
  const stored = new EngineStored(engine, limits.jsonBytes);
  const documents: KnownDocuments = {
    manifest: async (digest) => (await known.manifest(digest)) ?? stored.manifest(digest),
    config: async (digest) => (await known.config(digest)) ?? stored.config(digest),
  };
  const opened = await openKnownImage(inspection, documents, limits);
  return (
    opened && {
      ...opened,
      image: async (index) => {
        const image = await opened.image(index);
        return exported.defer(image, [stored.way(image)]);
      },
    }
  );
}

/** An image that was asked for by its ID is named by the first of its names. */
function repositoryOf(asked: string, { Id, RepoTags }: Inspection): string | null {
  const isId = Id.replace(/^sha256:/, '').startsWith(asked.replace(/^sha256:/, ''));
  const isName = !isId || RepoTags.some((tag) => sameDockerName(tag, asked));
  const name = isName ? asked : RepoTags[0];
  return name !== undefined && isDockerName(name) ? familiarRepository(parseDockerName(name)) : null;
}

function noEngine(name: string): VarveError {
  const object = formatReference({ transport: 'docker-daemon', name });
  return new VarveError('unreachable', `${object}: no container engine was found here`, {
    object,
    hint: 'start Docker or Podman, or say where one is with DOCKER_HOST',
  });
}

/** The error for an image that an engine does not have: it says what there is, and what may have gone wrong. */
async function explainMissing(engine: EngineClient, name: string): Promise<VarveError> {
  const object = formatReference({ transport: 'docker-daemon', name });
  // This only looks for a better hint: if it fails, the error stays as it is.
  const images = await engine.list().catch(() => []);
  const hex = name.replace(/^sha256:/, '');
  const alike = images.filter(({ Id }) => Id.startsWith(`sha256:${hex}`));
  if (alike.length > 1) {
    return new VarveError('image-not-found', `${object}: the IDs of ${alike.length} images begin like this`, {
      object,
      hint: `give more of it: ${listNames(alike.map(({ Id }) => Id))}`,
    });
  }
  const names = images
    .flatMap(({ RepoTags }) => RepoTags)
    .filter(isDockerName)
    .sort();
  const hints = [
    ...((await engine.isPodman())
      ? []
      : [
          'if buildx built it, it was not loaded: add load: true (--load), or outputs: type=oci and name that',
        ]),
    whatThereIs(names, name),
  ];
  return new VarveError('image-not-found', `the engine at ${engine.address} has no image ${name}`, {
    object,
    hint: hints.join('; '),
  });
}

function whatThereIs(names: readonly string[], wanted: string): string {
  if (names.length === 0) return 'it has no image with a name';
  const repository = (text: string): string => familiarRepository(parseDockerName(text)).replace(/^.*\//, '');
  const sought = repository(splitShortDigest(wanted)?.name ?? wanted);
  const near = names.filter((name) => repository(name) === sought);
  return `it has ${listNames(near.length > 0 ? near : names)}`;
}
