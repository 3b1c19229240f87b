import { VarveError } from '../../base/errors.ts';
import { platformOf } from '../../core/image/config.ts';
import type { Attachment } from '../../core/image/image-source.ts';
import { classifyEntry, classifyManifest, toAttachment } from '../../core/image/index-entry.ts';
import type { IndexEntry } from '../../core/image/manifest.ts';
import { normalizePlatform, PLATFORM_PART, type Platform } from '../../core/image/platform.ts';
import { blobMissing, type Layout } from './layout.ts';

const DEEPEST_INDEX = 8;

/** What some entries of an index lead to, indexes inside them opened. */
export interface LayoutContents {
  readonly images: readonly IndexedImage[];
  readonly attachments: readonly Attachment[];
  /** Named by an index, but not there: in an archive of one platform, all the others. */
  readonly missing: readonly IndexEntry[];
}

export interface IndexedImage {
  readonly entry: IndexEntry;
  /** As the index states it, or else the config. */
  readonly platform: Platform;
}

/** Lists what entries lead to. Each manifest is met once, however often and deep it is named. */
export async function listContents(layout: Layout, entries: readonly IndexEntry[]): Promise<LayoutContents> {
  const walk = new Walk(layout);
  await walk.visitAll(entries, 0);
  return walk;
}

/**
 * Finds the manifest or index of a digest, at any depth.
 * @throws VarveError `image-not-found`.
 */
export async function findEntry(
  layout: Layout,
  entries: readonly IndexEntry[],
  digest: IndexEntry['digest'],
): Promise<IndexEntry> {
  const walk = new Walk(layout, digest);
  await walk.visitAll(entries, 0);
  if (walk.found) return walk.found;
  throw new VarveError('image-not-found', `${layout.files.path} has no manifest ${digest}`, {
    object: digest,
    hint: 'the digest must be that of a manifest or index, not of a config or layer',
  });
}

class Walk implements LayoutContents {
  readonly images: IndexedImage[] = [];
  readonly attachments: Attachment[] = [];
  readonly missing: IndexEntry[] = [];
  found: IndexEntry | null = null;

  readonly #layout: Layout;
  readonly #wanted: IndexEntry['digest'] | null;
  readonly #met = new Set<string>();

  constructor(layout: Layout, wanted: IndexEntry['digest'] | null = null) {
    this.#layout = layout;
    this.#wanted = wanted;
  }

  async visitAll(entries: readonly IndexEntry[], depth: number): Promise<void> {
    if (depth > DEEPEST_INDEX) {
      const object = this.#layout.files.path;
      throw new VarveError('malformed', `${object} has indexes more than ${DEEPEST_INDEX} deep`, { object });
    }
    for (const entry of entries) {
      if (this.#met.has(entry.digest)) continue;
      this.#met.add(entry.digest);
      if (entry.digest === this.#wanted) this.found = entry;
      const kind = classifyEntry(entry);
      if (kind === 'index') await this.#visitIndex(entry, depth);
      else if (kind === 'manifest') await this.#visitManifest(entry);
      else this.attachments.push(toAttachment(kind, entry));
    }
  }

  async #visitIndex(entry: IndexEntry, depth: number): Promise<void> {
    const index = await this.#layout.readIndex(entry);
    if (index === null) this.missing.push(entry);
    else await this.visitAll(index.manifests, depth + 1);
  }

  async #visitManifest(entry: IndexEntry): Promise<void> {
    const manifest = (await this.#layout.readManifest(entry))?.value;
    if (manifest === undefined) {
      this.missing.push(entry);
      return;
    }
    const kind = classifyManifest(manifest);
    if (kind !== 'image') this.attachments.push(toAttachment(kind, entry, manifest));
    // containerd exports the manifests of all platforms, and the rest of those that it holds whole.
    else if (!this.#layout.holds(manifest.config)) this.missing.push(entry);
    else
      this.images.push({
        entry,
        platform: statedPlatform(entry) ?? (await this.#readPlatform(manifest.config)),
      });
  }

  async #readPlatform(descriptor: Parameters<Layout['readConfig']>[0]): Promise<Platform> {
    const config = await this.#layout.readConfig(descriptor);
    if (config === null) throw blobMissing(this.#layout.files, descriptor.digest);
    return platformOf(config.value);
  }
}

/** The platform that an index states for an entry; null when it says nothing of use. */
export function statedPlatform({ platform }: IndexEntry): Platform | null {
  if (platform === undefined) return null;
  const { os, architecture, variant } = platform;
  if (![os, architecture, variant || 'none'].every((part) => PLATFORM_PART.test(part))) return null;
  return normalizePlatform({ os, architecture, ...(variant && { variant }) });
}
