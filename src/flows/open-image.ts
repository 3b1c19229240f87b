import type { Digest } from '../base/digest.ts';
import { toVarveError, VarveError } from '../base/errors.ts';
import type { OpenedSource, SourceImage } from '../core/image/image-source.ts';
import { choosePlatform, type Platform } from '../core/image/platform.ts';

/** Opens what a user names: a full reference, a path, or a bare word. */
export interface ImageOpener {
  open(reference: string): Promise<OpenedSource>;
}

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
 * Only "nothing there" lets it try the next one: a damaged image is an error at once.
 * @throws VarveError of the last reference when none is there.
 */
export async function openImage(
  { opener, host }: ImageTools,
  references: readonly string[],
  wanted: Platform | undefined,
): Promise<OpenedImage> {
  const source = await openFirst(opener, references);
  try {
    const platform = choosePlatform(source.platforms, wanted, host, source.absentPlatforms);
    const image = await source.image(source.platforms.indexOf(platform));
    return { source, image, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
  } catch (fault) {
    await source[Symbol.asyncDispose]();
    throw fault;
  }
}

async function openFirst(opener: ImageOpener, references: readonly string[]): Promise<OpenedSource> {
  let missing: VarveError | undefined;
  for (const reference of references) {
    try {
      return await opener.open(reference);
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.code !== 'image-not-found') throw error;
      missing = error;
    }
  }
  throw missing ?? new VarveError('bad-option', 'no image was named', { hint: 'give an image reference' });
}

/** The digest that an image goes by: its manifest's, or its config's (the image ID) where it has no manifest. */
export function imageDigestOf({ manifest, config }: SourceImage): Digest {
  return (manifest ?? config).digest;
}
