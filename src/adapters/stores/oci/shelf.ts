import type { Digest } from '../../../base/digest.ts';
import { toVarveError } from '../../../base/errors.ts';
import type { ArtifactFile } from '../../../core/artifact/artifact-manifest.ts';
import { type EntryTag, tagOfTenant } from '../../../core/history/entry-tag.ts';
import { payloadFileName } from '../../../core/pack/pack.ts';
import { damageOf, lostPayload } from '../../../core/surface/damage.ts';
import { formatOf } from '../../../core/surface/item-manifest.ts';
import { SNAPSHOT_KIND } from '../../../core/surface/keys.ts';
import type { ItemManifest, SurfaceManifest } from '../../../core/surface/manifest.ts';
import { manifestPath, surfaceManifestPath } from '../../../core/surface/paths.ts';
import { surfaceManifestDigest } from '../../../core/surface/surface-manifest.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { malformed } from '../../../core/words/stored-json.ts';
import { readEntryContents } from './contents.ts';
import type { EntryArtifacts } from './entry-artifacts.ts';

/** An item that is known, and where its payload is: in a file of an artifact, or here until that is published. */
export interface ShelvedItem {
  readonly manifest: ItemManifest;
  readonly payload: ArtifactFile | Uint8Array;
}

/** Follows whatever is learned from an entry: what was put here counts more. */
const FROM_HERE = '~';

/**
 * What is known of the content of a place of artifacts, by the paths of manifests. Entries are read as they are needed;
 * where several have the same item, the newest of them counts.
 */
export class OciShelf {
  readonly #entries: EntryArtifacts;
  readonly #items = new Map<string, ShelvedItem>();
  readonly #images = new Map<string, SurfaceManifest>();
  readonly #unpublished = new Set<string>();
  readonly #faulty = new Set<string>();
  /** Manifests that could not be read, and lost payloads, by path. */
  readonly #damaged = new Map<string, Damage>();
  readonly #lost = new Map<string, Damage>();
  readonly #otherDamages: Damage[] = [];
  /** Which entry each item was learned from, by its place in the order of entries. */
  readonly #learnedFrom = new Map<string, string>();
  /** Snapshots, by the paths of their manifests, that a run took which read their layers. */
  readonly #taken = new Set<string>();
  readonly #loads = new Map<string, Promise<void>>();

  constructor(entries: EntryArtifacts) {
    this.#entries = entries;
  }

  /** @throws VarveError `malformed` when all that is known of it is damaged. */
  item(path: string): ShelvedItem | null {
    return this.#items.get(path) ?? this.#absentOrDamaged(path);
  }

  /** @throws VarveError `malformed` when all that is known of it is damaged. */
  image(path: string): SurfaceManifest | null {
    return this.#images.get(path) ?? this.#absentOrDamaged(path);
  }

  /** Whether a run took a snapshot, as far as entries were read; else it came with a kit. */
  wasTaken(tenant: string, digest: Digest): boolean {
    return this.#taken.has(manifestPath({ tenant, kind: SNAPSHOT_KIND, digest }));
  }

  /** Whether an item or image is known, and not only as damaged. */
  has(path: string): boolean {
    return this.#items.has(path) || this.#images.has(path);
  }

  /** What is wrong with the entries that were read, and made good by no other. */
  damages(): Damage[] {
    const wrong = [...this.#damaged, ...this.#lost];
    const remaining = wrong.filter(([path]) => !this.#items.has(path) && !this.#images.has(path));
    return [...this.#otherDamages, ...remaining.map(([, damage]) => damage)];
  }

  /** All items, sorted by path. */
  items(): [path: string, item: ShelvedItem][] {
    return [...this.#items].sort(byPath);
  }

  /** All surface manifests, sorted by path. */
  images(): [path: string, manifest: SurfaceManifest][] {
    return [...this.#images].sort(byPath);
  }

  /** Takes an item that no entry has like this. */
  putItem(path: string, item: ShelvedItem): void {
    this.#items.set(path, item);
    this.#learnedFrom.set(path, FROM_HERE);
    this.#faulty.delete(path);
    this.#unpublished.add(path);
  }

  putImage(path: string, manifest: SurfaceManifest): void {
    this.#images.set(path, manifest);
    this.#unpublished.add(path);
  }

  /** Notes that the payload of an item is damaged: it is to be put again. */
  markFaulty(path: string): void {
    this.#faulty.add(path);
  }

  isFaulty(path: string): boolean {
    return this.#faulty.has(path);
  }

  isUnpublished(path: string): boolean {
    return this.#unpublished.has(path);
  }

  /** Says that an entry has all that was put here of its tenant. */
  settle(tenant: string, files: ReadonlyMap<string, ArtifactFile>): void {
    for (const [path, { manifest }] of this.#items) {
      if (manifest.tenant !== tenant || !this.#unpublished.delete(path)) continue;
      const payload = files.get(payloadFileName(manifest, formatOf(manifest)));
      if (payload !== undefined) this.#items.set(path, { manifest, payload });
    }
    for (const [path, image] of this.#images) if (image.tenant === tenant) this.#unpublished.delete(path);
  }

  /** Reads the entries that name a snapshot or surface manifest, as far as they were met. */
  async loadNaming(digest: string): Promise<void> {
    const [newest] = this.#entries.naming(digest);
    if (newest !== undefined) await this.#load(newest);
  }

  /** Reads all entries of a tenant, or of all. @throws VarveError `denied`, `unreachable`. */
  async loadAll(tenant?: string): Promise<void> {
    const wanted = tenant === undefined ? null : tagOfTenant(tenant);
    for (const tag of await this.#entries.list()) {
      if (wanted === null || tag.tenant === wanted) await this.#load(tag);
    }
  }

  #absentOrDamaged(path: string): null {
    const damage = this.#damaged.get(path);
    if (damage === undefined) return null;
    throw malformed(damage.object, damage.problem);
  }

  #load(tag: EntryTag): Promise<void> {
    const load = this.#loads.get(tag.text) ?? this.#learn(tag);
    this.#loads.set(tag.text, load);
    return load;
  }

  async #learn(tag: EntryTag): Promise<void> {
    try {
      const read = await this.#entries.read(tag);
      if (read === null) return;
      const { tenant, snapshotDigest: digest } = read.entry;
      if (!read.isCarried) this.#taken.add(manifestPath({ tenant, kind: SNAPSHOT_KIND, digest }));
      const { items, images, damaged, damages } = await readEntryContents(this.#entries, tag, read);
      this.#otherDamages.push(...damages);
      for (const [path, damage] of damaged) this.#damaged.set(path, damage);
      for (const { manifest, file } of items) this.#adopt(tag, manifest, file);
      for (const image of images) {
        this.#images.set(surfaceManifestPath(image.tenant, surfaceManifestDigest(image)), image);
      }
    } catch (fault) {
      if (toVarveError(fault).kind !== 'bytes') throw fault;
      this.#otherDamages.push(damageOf(`${this.#entries.location}:${tag.text}`, fault));
    }
  }

  #adopt({ order }: EntryTag, manifest: ItemManifest, file: ArtifactFile | null): void {
    const path = manifestPath(manifest);
    if (file === null) {
      const object = payloadFileName(manifest, formatOf(manifest));
      this.#lost.set(path, lostPayload(object));
    } else if ((this.#learnedFrom.get(path) ?? '') < order) {
      this.#items.set(path, { manifest, payload: file });
      this.#learnedFrom.set(path, order);
    }
  }
}

function byPath([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
