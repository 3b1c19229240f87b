import { createFileSources } from '../../src/adapters/sources/files/file-sources.ts';
import { createImageOpener } from '../../src/adapters/sources/image-opener.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/base/limits.ts';
import type { OpenedSource, SourceImage } from '../../src/core/image/image-source.ts';

/** Opens an image in files by its reference or path. */
export function openImage(text: string, limits: Limits = DEFAULT_LIMITS): Promise<OpenedSource> {
  return createImageOpener(createFileSources(limits), limits).open(text);
}

/** Reads the image of the first platform. */
export async function readFirstImage(text: string, limits?: Limits): Promise<SourceImage> {
  await using source = await openImage(text, limits);
  return await source.image(0);
}
