import type { Platform } from '../../src/core/words/platform.ts';
import { layoutFiles, writeFolder } from './image-forms.ts';
import { type ImagePlan, type MadeImage, type MadeLayer, makeImage, makeIndex } from './image-maker.ts';

export const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
export const ARM64: Platform = { os: 'linux', architecture: 'arm64' };
export const S390X: Platform = { os: 'linux', architecture: 's390x' };

/** An image for a platform, with the descriptor that an index has of it. */
export function imageFor(
  platform: Platform,
  layers: readonly MadeLayer[],
  { config = {}, ...plan }: ImagePlan = {},
): MadeImage {
  return makeImage(layers, { ...plan, config: { ...platform, ...config }, descriptor: { platform } });
}

/** Writes an OCI layout whose one entry is an index of images, or of whatever else is named. */
export function writeIndexed(
  path: string,
  images: readonly MadeImage[],
  more: readonly Record<string, unknown>[] = [],
): string {
  const index = makeIndex([...images.map(({ descriptor }) => descriptor), ...more]);
  const blobs = images.flatMap((image) => image.blobs);
  return `oci:${writeFolder(path, layoutFiles([index.descriptor], [index, ...blobs]))}`;
}
