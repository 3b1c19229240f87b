import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { platformOf } from '../../core/image/config.ts';
import { alignHistory } from '../../core/image/history.ts';
import type {
  Attachment,
  LayerLocation,
  OpenedSource,
  SourceImage,
  SourceLayer,
} from '../../core/image/image-source.ts';
import { type PassedOverImage, passOverRival } from '../../core/image/listing.ts';
import type { Descriptor, IndexEntry } from '../../core/image/manifest.ts';
import { isManifestType, parseLayerType } from '../../core/image/media-type.ts';
import { type PairedLayer, pairLayers } from '../../core/image/source-layers.ts';
import type { Finding } from '../../core/words/finding.ts';
import { fitsPlatform, formatPlatform, type Platform, withRelease } from '../../core/words/platform.ts';
import { DocumentBudget } from './document-budget.ts';
import { mayBeImage, repositoryOf } from './files/layout-selection.ts';
import type { ImageDocuments } from './image-documents.ts';
import { type IndexedImage, type LayoutContents, listContents, statedPlatform } from './layout-contents.ts';
import { shorten } from './list-names.ts';

/**
 * Opens the image that some entries of an index are: that of a layout, or of a registry.
 * @param reference its canonical text, for reports.
 * @throws VarveError `not-an-image` where there are only attestations and artifacts, `blob-missing`, `image-not-found`.
 */
export async function openLayoutImage(
  documents: ImageDocuments,
  entries: readonly IndexEntry[],
  reference: string,
): Promise<OpenedSource> {
  const contents = await listContents(documents, entries);
  if (contents.images.length === 0) throw nothingToOpen(documents, contents, reference);
  const images = onePerPlatform(contents.images);
  const budget = new DocumentBudget(documents);
  return {
    reference,
    digest: onlyDigest(entries),
    embeddedName: entries.map(repositoryOf).find((name) => name !== null) ?? null,
    platforms: images.map(({ platform }) => platform),
    absent: [...contents.missing, ...contents.skipped].map(({ entry, listing }) => ({
      digest: entry.digest,
      platform: statedPlatform(entry),
      listing,
    })),
    attachments: contents.attachments,
    image: async (index) => {
      const image = images[index];
      if (image === undefined)
        throw new VarveError('internal', `there is no platform ${index} in ${reference}`);
      return readImage(documents, budget, image);
    },
    readDocument: (descriptor) => documents.readDocument(descriptor),
    [Symbol.asyncDispose]: async () => {},
  };
}

function describeAttachment({ kind, artifactType, mediaType }: Attachment): string {
  if (artifactType !== null) return `an ${kind} (${shorten(artifactType)})`;
  if (!isManifestType(mediaType)) return `an ${kind} (${shorten(mediaType)})`;
  return kind === 'attestation' ? 'an attestation' : 'an artifact (no layer has the media type of one)';
}

/** The digest of the one index or manifest that some entries name as an image. */
function onlyDigest(entries: readonly IndexEntry[]): Digest | null {
  const [digest, ...others] = new Set(entries.filter(mayBeImage).map((entry) => entry.digest));
  return digest !== undefined && others.length === 0 ? digest : null;
}

function nothingToOpen(
  documents: ImageDocuments,
  { missing, attachments }: LayoutContents,
  reference: string,
): VarveError {
  if (missing[0]) return documents.missing(missing[0].entry.digest);
  const [attachment] = attachments;
  if (attachment === undefined) {
    return new VarveError('image-not-found', `${reference} holds no image`, {
      object: reference,
      hint: 'check that the build writes its image there, and that it ended without an error',
    });
  }
  return new VarveError('not-an-image', `${reference} is ${describeAttachment(attachment)}, not an image`, {
    object: reference,
    hint:
      attachment.subject === null ? 'name a container image' : `it describes the image ${attachment.subject}`,
  });
}

interface PlatformImage extends IndexedImage {
  readonly findings: readonly Finding[];
  readonly passedOver: readonly PassedOverImage[];
}

/**
 * Where an index has several images of one platform, the first counts, as for engines. Of Windows, each release is a
 * platform.
 */
function onePerPlatform(images: readonly IndexedImage[]): readonly PlatformImage[] {
  const groups = Map.groupBy(images, ({ platform }) => formatPlatform(platform));
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const rivals = others.filter(({ entry }) => entry.digest !== first.entry.digest);
    const findings = rivals.map(({ entry, platform }) => ({
      code: 'platform-twice',
      detail: `${entry.digest} is for ${formatPlatform(platform)} too, and was skipped`,
    }));
    return [
      { ...first, findings, passedOver: others.map(({ listing }) => passOverRival(listing, first.listing)) },
    ];
  });
}

async function readImage(
  documents: ImageDocuments,
  budget: DocumentBudget,
  { entry, listing, platform, around, findings, passedOver }: PlatformImage,
): Promise<SourceImage> {
  budget.spend(entry.size);
  const manifest = await documents.readManifest(entry);
  if (manifest === null) throw documents.missing(entry.digest);
  budget.spend(manifest.value.config.size);
  const config = await documents.readConfig(manifest.value.config);
  if (config === null) throw documents.missing(manifest.value.config.digest);
  const object = `${documents.place}: the manifest ${manifest.digest}`;
  const paired = pairLayers(manifest.value, config.value, object);
  const stated = platformOf(config.value);
  const inFull = withRelease(stated, config.value);
  const listed = [platform, ...around].find((each) => !fitsPlatform(inFull, each));
  return {
    platform: stated,
    manifest,
    config,
    listing,
    layers: paired.map((layer, index) => toSourceLayer(documents, layer, index)),
    findings: [
      ...documents.findings,
      ...findings,
      ...(listed ? [platformFinding(listed, listed.osVersion === undefined ? stated : inFull)] : []),
      ...manifestFindings(entry, manifest.mediaType),
      ...paired.flatMap(({ descriptor }, index) => mediaTypeFindings(descriptor, index)),
      ...alignHistory(config.value).findings,
    ],
    ...(passedOver.length > 0 && { passedOver }),
    ...(listed && { listedPlatform: listed }),
  };
}

function platformFinding(listed: Platform, stated: Platform): Finding {
  const detail = `the index says ${formatPlatform(listed)}, the config ${formatPlatform(stated)}`;
  return { code: 'platform-mismatch', detail };
}

function manifestFindings({ mediaType }: Descriptor, stated: string): Finding[] {
  if (mediaType === stated) return [];
  return [
    { code: 'media-type', detail: `the manifest is listed as ${mediaType}, and says that it is ${stated}` },
  ];
}

function mediaTypeFindings({ mediaType }: Descriptor, index: number): Finding[] {
  if (parseLayerType(mediaType) !== null) return [];
  return [{ code: 'media-type', detail: `layer ${index} is called ${JSON.stringify(shorten(mediaType))}` }];
}

function toSourceLayer(
  documents: ImageDocuments,
  { descriptor, diffId }: PairedLayer,
  index: number,
): SourceLayer {
  const { digest, size, mediaType } = descriptor;
  const location = locateLayer(documents, descriptor);
  return { index, diffId, digest, size, mediaType, address: digest, storedSize: size, location };
}

function locateLayer(documents: ImageDocuments, descriptor: Descriptor): LayerLocation {
  const { mediaType, digest, urls = [] } = descriptor;
  const type = parseLayerType(mediaType);
  if (type?.encrypted) {
    return { kind: 'absent', why: 'encrypted', reason: `the layer ${digest} is encrypted` };
  }
  const location = documents.locate(descriptor);
  if (location !== null) return location;
  if (type?.foreign || urls.length > 0) {
    const elsewhere = urls[0] === undefined ? '' : `, but at ${JSON.stringify(shorten(urls[0]))}`;
    return {
      kind: 'absent',
      // Only what may not be distributed was never to be here: an address makes nothing else of a blob that is lost.
      ...(type?.foreign && { why: 'foreign' as const }),
      reason: `the foreign layer ${digest} is not kept here${elsewhere}: it is not fetched`,
    };
  }
  return { kind: 'absent', reason: documents.missing(digest).message };
}
