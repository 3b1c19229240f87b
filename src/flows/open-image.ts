import type { Digest } from '../base/digest.ts';
import type { BuiltImage } from '../core/image/built-image.ts';
import type { OpenedSource, SourceImage } from '../core/image/image-source.ts';
import { choosePlatform, type Platform } from '../core/image/platform.ts';
import { type ImageOpener, openFirst } from './open-first.ts';

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

/**
 * Opens the first of some references that leads to an image, and picks its platform.
 * @param built the image that it must be.
 * @throws VarveError as `openFirst` does, and `platform-not-found`.
 */
export async function openImage(
  { opener, host }: ImageTools,
  references: readonly string[],
  wanted: Platform | undefined,
  built: BuiltImage | null = null,
): Promise<OpenedImage> {
  const source = await openFirst(opener, references, built);
  try {
    const platform = choosePlatform(source.platforms, wanted, host, source.absentPlatforms);
    const image = await source.image(source.platforms.indexOf(platform));
    return { source, image, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
  } catch (fault) {
    await source[Symbol.asyncDispose]();
    throw fault;
  }
}

/** The digest that an image goes by: its manifest's, or its config's (the image ID) where it has no manifest. */
export function imageDigestOf({ manifest, config }: SourceImage): Digest {
  return (manifest ?? config).digest;
}
