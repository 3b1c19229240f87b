import type { Digest } from '../../base/digest.ts';
import type { ImageConfig } from '../../core/image/config.ts';
import { alignHistory } from '../../core/image/history.ts';
import { type Attachment, nameAbsent } from '../../core/image/image-source.ts';
import type { ImageManifest } from '../../core/image/manifest.ts';
import type { RawDocument } from '../../core/image/raw-document.ts';
import { stepOf } from '../../core/image/step.ts';
import type { Finding } from '../../core/words/finding.ts';
import { formatPlatform, type PlatformWish } from '../../core/words/platform.ts';
import { type ImageTools, openImages, type PlatformImage } from '../image/open-image.ts';
import { throwFailures } from '../image/platform-failure.ts';

/** What an image is, as its manifest and config state it: no layer is read. */
export interface InspectedImage {
  readonly reference: string;
  /** Of the index or manifest that the reference leads to; null where the place keeps none. */
  readonly digest: Digest | null;
  /** All that the place has, also those that are not among `images`. */
  readonly platforms: readonly string[];
  /** Images that the index names and the place lacks: their platforms, or their digests. */
  readonly absent: readonly string[];
  readonly attachments: readonly Attachment[];
  readonly images: readonly InspectedPlatform[];
}

export interface InspectedPlatform {
  readonly platform: string;
  /** Null where the place keeps none as distributed. */
  readonly manifest: StatedDocument | null;
  readonly config: StatedDocument & { readonly content: ImageConfig };
  readonly layers: readonly InspectedLayer[];
  readonly findings: readonly Finding[];
}

interface StatedDocument {
  readonly digest: Digest;
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
}

export interface InspectedLayer {
  readonly index: number;
  readonly diffId: Digest;
  /** Digest and bytes of the blob as distributed; null where nothing is distributed. */
  readonly digest: Digest | null;
  readonly size: number | null;
  readonly mediaType: string | null;
  /** The instruction that made it; empty where the history does not say. */
  readonly step: string;
  /** RFC 3339, as the history states it. */
  readonly created: string | null;
}

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

const stateDocument = ({
  digest,
  mediaType,
  bytes,
}: RawDocument<ImageManifest | ImageConfig>): StatedDocument => ({ digest, mediaType, size: bytes.length });
