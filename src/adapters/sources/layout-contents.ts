import type { Digest } from '../../base/digest.ts';
import { attempt, VarveError } from '../../base/errors.ts';
import { withPauses } from '../../base/pausable.ts';
import { platformOf } from '../../core/image/config.ts';
import type { Attachment } from '../../core/image/image-source.ts';
import { claimedKind, classifyEntry, classifyManifest, toAttachment } from '../../core/image/index-entry.ts';
import { type Listing, listEntry } from '../../core/image/listing.ts';
import type { Descriptor, ImageManifest, IndexEntry } from '../../core/image/manifest.ts';
import { isImageConfigType, isLayerLike, isManifestType } from '../../core/image/media-type.ts';
import { refuseLongList } from '../../core/image/raw-document.ts';
import { chooseByPrefix, type DigestBeginning } from '../../core/words/digest-prefix.ts';
import { formatPlatform, PLATFORM_PART, type Platform, withRelease } from '../../core/words/platform.ts';
import { DocumentBudget } from './document-budget.ts';
import type { ImageDocuments } from './image-documents.ts';

const DEEPEST_INDEX = 8;
/** What an index leads to, indexes inside it opened, or what a layout has. */
export const MOST_ENTRIES = 10_000;
/** Images of one index, those of one platform counted too: of several releases of Windows, say. */
const MOST_IMAGES = 1000;

/** What some entries of an index lead to, indexes inside them opened. */
export interface LayoutContents {
  readonly images: readonly IndexedImage[];
  readonly attachments: readonly Attachment[];
  /** Named by an index, but not there: in an archive of one platform, all the others. */
  readonly missing: readonly ListedEntry[];
  /** For a platform or any, though their media type is that of no manifest: some engines look at the platform alone. */
  readonly skipped: readonly ListedEntry[];
}

export interface ListedEntry {
  readonly entry: IndexEntry;
  readonly listing: Listing;
}

export interface IndexedImage extends ListedEntry {
  /** As the index states it, or else the config. */
  readonly platform: Platform;
  /** What is stated of the indexes that it stands in. */
  readonly around: readonly Platform[];
}

/**
 * Lists what entries lead to: each image once for all that is stated of it, however often and deep that is named. An
 * entry for one platform is never hidden by another one of the same manifest.
 * @param budget what reading their documents is charged to.
 */
export async function listContents(
  documents: ImageDocuments,
  entries: readonly IndexEntry[],
  budget = new DocumentBudget(documents),
): Promise<LayoutContents> {
  const walk = new Walk(documents, budget, MOST_IMAGES);
  await walk.visitAll(entries);
  const read = new Set(walk.images.map(({ entry }) => entry.digest));
  const { images, attachments, missing } = walk;
  return {
    images,
    attachments,
    missing,
    skipped: walk.skipped.filter(({ entry }) => !read.has(entry.digest)),
  };
}

/**
 * Finds the manifest or index of a digest, at any depth.
 * @param wanted the digest, or the beginning of it.
 * @throws VarveError `image-not-found`; `bad-reference` where several digests begin so.
 */
export async function findEntry(
  documents: ImageDocuments,
  entries: readonly IndexEntry[],
  wanted: DigestBeginning,
): Promise<IndexEntry> {
  const walk = new Walk(documents, new DocumentBudget(documents), Number.POSITIVE_INFINITY);
  await walk.visitAll(entries);
  const digest = chooseByPrefix({ text: wanted }, walk.named.keys(), `manifests of ${documents.place}`);
  const found = digest && walk.named.get(digest);
  if (found) return found;
  throw new VarveError('image-not-found', `${documents.place} has no manifest ${wanted}`, {
    object: wanted,
    hint: 'the digest must be that of a manifest or index, not of a config or layer',
  });
}

class Walk {
  readonly images: IndexedImage[] = [];
  readonly attachments: Attachment[] = [];
  readonly missing: ListedEntry[] = [];
  readonly skipped: ListedEntry[] = [];
  /** The first entry of each digest, of whatever it is. */
  readonly named = new Map<Digest, IndexEntry>();

  readonly #documents: ImageDocuments;
  readonly #met = new Set<string>();
  readonly #budget: DocumentBudget;
  readonly #mostImages: number;
  #entries = 0;

  constructor(documents: ImageDocuments, budget: DocumentBudget, mostImages: number) {
    this.#documents = documents;
    this.#budget = budget;
    this.#mostImages = mostImages;
  }

  /** @param around the entries of the indexes that these stand in. */
  async visitAll(entries: readonly IndexEntry[], around: readonly IndexEntry[] = []): Promise<void> {
    if (around.length > DEEPEST_INDEX) {
      const object = this.#documents.place;
      throw new VarveError('malformed', `${object} has indexes more than ${DEEPEST_INDEX} deep`, { object });
    }
    for await (const entry of withPauses(entries)) {
      refuseLongList(++this.#entries, MOST_ENTRIES, 'entries in its indexes', this.#documents.place);
      if (!this.named.has(entry.digest)) this.named.set(entry.digest, entry);
      const kind = classifyEntry(entry);
      const listed = { entry, listing: listEntry(entry, this.#entries, around) };
      if (kind === 'index') await this.#visitIndex(listed, around);
      else if (kind === 'manifest') await this.#visitManifest(listed, around);
      else this.#skip(listed, kind);
    }
  }

  #skip(listed: ListedEntry, kind: Attachment['kind']): void {
    const { entry } = listed;
    this.#attach(toAttachment(kind, entry));
    if (!isManifestType(entry.mediaType) && statedPlatform(entry)?.architecture !== 'unknown')
      this.skipped.push(listed);
  }

  async #visitIndex(listed: ListedEntry, around: readonly IndexEntry[]): Promise<void> {
    const { entry } = listed;
    if (!this.#isFirst('index', entry.digest)) return;
    this.#budget.spend(entry.size);
    const index = await this.#documents.readIndex(entry);
    if (index === null) this.missing.push(listed);
    else await this.visitAll(index.manifests, [...around, entry]);
  }

  #add(listed: ListedEntry, platform: Platform, indexes: readonly IndexEntry[]): void {
    const { entry, listing } = listed;
    if (this.#isFirst('image', entry.digest, formatPlatform(platform), listing.stated)) {
      const around = indexes.flatMap((index) => statedPlatform(index) ?? []);
      this.images.push({ ...listed, platform, around });
    }
    refuseLongList(this.images.length, this.#mostImages, 'images in one index', this.#documents.place);
  }

  #attach(attachment: Attachment): void {
    if (this.#isFirst('attachment', attachment.digest)) this.attachments.push(attachment);
  }

  /** Whether something was not met before. */
  #isFirst(...what: readonly string[]): boolean {
    const key = what.join(' ');
    const isFirst = !this.#met.has(key);
    this.#met.add(key);
    return isFirst;
  }

  async #visitManifest(listed: ListedEntry, around: readonly IndexEntry[]): Promise<void> {
    const { entry, listing } = listed;
    const stated = statedPlatform(entry);
    const claimed = claimedKind(entry);
    if (!this.#isFirst('manifest', entry.digest, listing.stated, claimed ?? '')) return;
    if (this.#documents.remote && stated !== null && claimed === null) {
      this.#add(listed, stated, around);
      return;
    }
    const manifest = await this.#readManifest(entry, claimed !== null);
    if (manifest === null) {
      if (claimed === null || stated !== null) this.missing.push(listed);
      else this.#attach(toAttachment(claimed, entry));
      return;
    }
    const found = classifyManifest(manifest);
    const kind = found === 'image' ? claimed : found;
    if (kind !== null && !(await this.#isRunnable(manifest, stated)))
      this.#attach(toAttachment(kind, entry, manifest));
    // containerd exports the manifests of all platforms, and the rest of those that it holds whole.
    else if (!this.#documents.holds(manifest.config)) this.missing.push(listed);
    else this.#add(listed, stated ?? (await this.#readPlatform(manifest.config)), around);
  }

  /** @param isOther whether it claims not to be an image: then it does not matter what is wrong with it. */
  async #readManifest(entry: IndexEntry, isOther: boolean): Promise<ImageManifest | null> {
    this.#budget.spend(entry.size);
    const read = () => this.#documents.readManifest(entry);
    const manifest = isOther ? await attempt(['bytes'], read) : await read();
    return manifest instanceof VarveError ? null : (manifest?.value ?? null);
  }

  /** Whether engines would run what goes as something else: they look at the platform, and not at such claims. */
  async #isRunnable({ config, layers }: ImageManifest, stated: Platform | null): Promise<boolean> {
    const isImage = isImageConfigType(config.mediaType);
    if (stated !== null) return isImage || layers.some(({ mediaType }) => isLayerLike(mediaType));
    if (!isImage || !this.#documents.holds(config)) return false;
    this.#budget.spend(config.size);
    const read = await attempt(['bytes'], () => this.#documents.readConfig(config));
    if (read === null || read instanceof VarveError) return false;
    // Signatures have the config of an image that states none.
    return platformOf(read.value).architecture !== 'unknown';
  }

  async #readPlatform(descriptor: Descriptor): Promise<Platform> {
    this.#budget.spend(descriptor.size);
    const config = await this.#documents.readConfig(descriptor);
    if (config === null) throw this.#documents.missing(descriptor.digest);
    return withRelease(platformOf(config.value), config.value);
  }
}

/** The platform that an index states for an entry; null when it says nothing of use. */
export function statedPlatform({ platform }: IndexEntry): Platform | null {
  if (platform === undefined) return null;
  const { os, architecture, variant } = platform;
  if (![os, architecture, variant || 'none'].every((part) => PLATFORM_PART.test(part))) return null;
  return withRelease({ os, architecture, ...(variant && { variant }) }, platform);
}
