import type { Digest } from '../../base/digest.ts';
import { toVarveError, VarveError } from '../../base/errors.ts';
import type { BuiltImage } from '../../core/image/built-image.ts';
import {
  absentPlatforms,
  type ImageOpener,
  type OpenedSource,
  type SourceImage,
} from '../../core/image/image-source.ts';
import { passOver, passOverRival } from '../../core/image/listing.ts';
import {
  choosePlatform,
  fitsPlatform,
  formatPlatform,
  type Platform,
  type PlatformWish,
  samePlatform,
} from '../../core/words/platform.ts';
import { fewAtOnce } from './few-at-once.ts';
import { openFirst } from './open-first.ts';
import type { PlatformFailure } from './platform-failure.ts';

/** What opening an image needs of the outside. */
export interface ImageTools {
  readonly opener: ImageOpener;
  /** The platform whose images this machine runs. */
  readonly host: Platform;
}

/** One platform's image, with the opened place that it stands in. Dispose of it to close files. */
export interface OpenedImage extends AsyncDisposable {
  readonly source: OpenedSource;
  readonly image: SourceImage;
}

/** The images of the wanted platforms, in the order of the index. Dispose of it to close files. */
export interface OpenedImages extends AsyncDisposable {
  readonly source: OpenedSource;
  readonly images: readonly PlatformImage[];
  readonly failures: readonly PlatformFailure[];
}

/** An image and the platform that it is listed under in this run. */
export interface PlatformImage {
  readonly platform: Platform;
  readonly image: SourceImage;
}

/**
 * Opens the first of some references that leads to an image, and picks its platform.
 * @throws VarveError as `openFirst` does; `platform-not-found`; `bad-option` when several platforms are wanted.
 */
export async function openImage(
  tools: ImageTools,
  references: readonly string[],
  wanted: PlatformWish,
): Promise<OpenedImage> {
  const opened = await openImages(tools, references, wanted, { most: 1 });
  const { source, images } = opened;
  const [only] = images;
  if (only === undefined) throw new VarveError('internal', `${source.reference} was not opened`);
  return { source, image: only.image, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

export interface OpenOptions {
  /** How many platforms may be wanted. */
  readonly most?: number;
  /** The image that it must be. */
  readonly built?: BuiltImage | null;
  /** Called before an image is opened whose opening costs much unless its documents are known. */
  readonly beforeImage?: (source: OpenedSource, platform: Platform) => Promise<void>;
}

/**
 * The same for all wanted platforms. Where there are several, one that cannot be read is a failure next to the results
 * of the others.
 */
export async function openImages(
  { opener, host }: ImageTools,
  references: readonly string[],
  wanted: PlatformWish,
  { most = Number.POSITIVE_INFINITY, built = null, beforeImage }: OpenOptions = {},
): Promise<OpenedImages> {
  const source = await openFirst(opener, references, built);
  try {
    const indexes = chooseIndexes(source, wanted, host);
    if (indexes.length > most) throw tooMany(source);
    if (beforeImage !== undefined && source.isCostly === true) {
      await fewAtOnce(indexes, async (index) => beforeImage(source, platformAt(source, index)));
    }
    const { images, failures } = await readImages(source, indexes);
    const alone = wanted === 'all' && images.length + failures.length === 1;
    return {
      source,
      images: images.map((image) => withAbsent(image, source.absent, alone)),
      failures,
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
    };
  } catch (fault) {
    await source[Symbol.asyncDispose]();
    throw fault;
  }
}

/** Places in `platforms`. */
function chooseIndexes(source: OpenedSource, wanted: PlatformWish, host: Platform): readonly number[] {
  const { platforms, absent, reference } = source;
  if (wanted === 'all') return platforms.map((_, index) => index);
  const chosen = choosePlatform(platforms, wanted, host, { of: reference, listed: absentPlatforms(absent) });
  return [platforms.indexOf(chosen)];
}

/**
 * An image with the lost images that engines might take instead: those that may be for its platform or, if it is the
 * only one left of several that were wanted, all that are lost.
 */
function withAbsent(
  { image, platform, listed }: ListedImage,
  absent: OpenedSource['absent'],
  alone: boolean,
): PlatformImage {
  const lost = absent.flatMap((each) => {
    const mayBeTaken = each.platform === null || samePlatform(each.platform, listed);
    if (mayBeTaken && each.listing && image.listing) return passOverRival(each.listing, image.listing);
    return mayBeTaken || alone ? passOver(each.digest) : [];
  });
  const passedOver = [...(image.passedOver ?? []), ...lost];
  return { platform, image: passedOver.length === 0 ? image : { ...image, passedOver } };
}

function tooMany({ reference, platforms }: OpenedSource): VarveError {
  return new VarveError(
    'bad-option',
    `${reference} is for ${platforms.length} platforms, and this command shows only one`,
    {
      object: reference,
      hint: `choose one with --platform, such as ${platforms.slice(0, 1).map(formatPlatform)}`,
    },
  );
}

function platformAt({ platforms }: OpenedSource, index: number): Platform {
  const platform = platforms[index];
  if (platform === undefined) throw new VarveError('internal', `there is no platform ${index}`);
  return platform;
}

type ListedImage = PlatformImage & { readonly listed: Platform };

async function readImages(
  source: OpenedSource,
  indexes: readonly number[],
): Promise<{ readonly images: readonly ListedImage[]; readonly failures: readonly PlatformFailure[] }> {
  const images: ListedImage[] = [];
  const failures: PlatformFailure[] = [];
  const alone = indexes.length === 1;
  for (const outcome of await fewAtOnce(indexes, (index) => readImage(source, index, alone))) {
    if ('error' in outcome) failures.push(outcome);
    else images.push(outcome);
  }
  return { images: tellApart(images, source.platforms), failures };
}

/** @param alone whether its fault is thrown. */
async function readImage(
  source: OpenedSource,
  index: number,
  alone: boolean,
): Promise<ListedImage | PlatformFailure> {
  const listed = platformAt(source, index);
  try {
    const image = await source.image(index);
    return { image, platform: image.platform, listed };
  } catch (fault) {
    const error = toVarveError(fault);
    if (alone || error.isFatal) throw fault;
    return { platform: listed, error };
  }
}

/**
 * The platform of an image is the one that its config states, which is the same wherever the image is found. If several
 * configs state the same one, as old builders do for the variants of arm, the index counts for all of them. It counts, too,
 * where it has several releases of Windows, even if only one is wanted.
 */
function tellApart(images: readonly ListedImage[], platforms: readonly Platform[]): ListedImage[] {
  const stated = new Set(images.map(({ platform }) => formatPlatform(platform)));
  return images.map(({ image, platform, listed }) => {
    const isOneOfSeveral = platforms.filter((each) => fitsPlatform(each, platform)).length > 1;
    return { image, platform: isOneOfSeveral || stated.size < images.length ? listed : platform, listed };
  });
}

/** The digest that identifies an image: its manifest's, or its config's (the image ID) where it has no manifest. */
export function imageDigestOf({ manifest, config }: SourceImage): Digest {
  return (manifest ?? config).digest;
}
