import type { ImageConfig } from '../../core/image/config.ts';
import { alignHistory } from '../../core/image/history.ts';
import { nameAbsent } from '../../core/image/image-source.ts';
import type { InspectedImage, InspectedPlatform } from '../../core/image/inspect-output.ts';
import type { ImageManifest } from '../../core/image/manifest.ts';
import type { RawDocument } from '../../core/image/raw-document.ts';
import { stepOf } from '../../core/image/step.ts';
import { formatPlatform, type PlatformWish } from '../../core/words/platform.ts';
import { type ImageTools, openImages, type PlatformImage } from '../image/open-image.ts';
import { throwFailures } from '../image/platform-failure.ts';

/** @throws VarveError as opening an image does. */
export async function inspectImage(
  tools: ImageTools,
  reference: string,
  platform: PlatformWish,
): Promise<InspectedImage> {
  await using opened = await openImages(tools, [reference], platform);
  throwFailures(opened.failures);
  const { source, images } = opened;
  return {
    reference: source.reference,
    digest: source.digest,
    platforms: source.platforms.map(formatPlatform),
    absent: source.absent.map(nameAbsent),
    attachments: source.attachments,
    images: images.map(inspectPlatform),
  };
}

function inspectPlatform({ platform, image }: PlatformImage): InspectedPlatform {
  const { manifest, config, layers, findings } = image;
  const history = alignHistory(config.value);
  return {
    platform: formatPlatform(platform),
    manifest: manifest === null ? null : stateDocument(manifest),
    config: { ...stateDocument(config), content: config.value },
    layers: layers.map(({ index, diffId, digest, size, mediaType }) => {
      const item = history.items[index] ?? null;
      return {
        ...{ index, diffId, digest, size, mediaType },
        step: stepOf(item?.created_by),
        created: item?.created ?? null,
      };
    }),
    findings,
  };
}

const stateDocument = ({ digest, mediaType, bytes }: RawDocument<ImageManifest | ImageConfig>) => ({
  digest,
  mediaType,
  size: bytes.length,
});
