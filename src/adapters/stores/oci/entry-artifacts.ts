import { toVarveError, VarveError } from '../../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import type { ArtifactFile } from '../../../core/artifact/artifact-manifest.ts';
import type { ArtifactPlace } from '../../../core/artifact/artifact-place.ts';
import {
  CARRIED,
  type EntryArtifact,
  entryConfig,
  parseEntryArtifact,
} from '../../../core/artifact/entry-artifact.ts';
import { ARTIFACT_TYPES } from '../../../core/artifact/media-type.ts';
import {
  type DescribedFile,
  type PackagedArtifact,
  packageArtifact,
  pushArtifact,
} from '../../../core/artifact/package-artifact.ts';
import type { Subject } from '../../../core/artifact/subject.ts';
import { mayTakeTag, movingTags } from '../../../core/artifact/tags.ts';
import { verifyBlob } from '../../../core/artifact/verify-blob.ts';
import { type EntryTag, entryTag, parseEntryTag } from '../../../core/history/entry-tag.ts';
import type { HistoryEntry } from '../../../core/history/history.ts';
import type { EntryOrigin } from '../../../core/history/history-store.ts';
import { collect } from '../../../core/surface/read-payload.ts';

/** Bytes of an entry's manifest: registries need not keep larger ones. */
const LARGEST_MANIFEST = 4 * 1024 ** 2;
/** Bytes of manifests that are kept in memory, since a run asks for most entries several times; and the least that one counts for. */
const MOST_KEPT = 64 * 1024 ** 2;
const LEAST_COUNTED = 4096;

/**
 * The history entries that a place of artifacts keeps, each under a tag of its own that is never moved: writers that
 * know nothing of each other lose none.
 */
export class EntryArtifacts {
  /** How a user names them. */
  readonly location: string;
  readonly #place: ArtifactPlace;
  readonly #tag: string;
  readonly #read = new Map<string, Promise<EntryArtifact | null>>();
  #room = MOST_KEPT;
  /** The entries that were read, by the snapshot and surface manifest that they name. */
  readonly #naming = new Map<string, EntryTag[]>();

  /** @param tag the tag that moves on to each new entry. */
  constructor(place: ArtifactPlace, tag: string) {
    this.location = place.location;
    this.#place = place;
    this.#tag = tag;
  }

  /** The tags of the entries, newest first. @throws VarveError `denied`, `unreachable`. */
  async list(): Promise<EntryTag[]> {
    const tags = (await this.#place.listTags(DEFAULT_LIMITS)).map(parseEntryTag);
    const found = tags.filter((tag) => tag !== null);
    return found.sort((a, b) => (a.order < b.order ? 1 : -1));
  }

  /** The artifact of an entry; null when it is gone. @throws VarveError for one that is damaged, or is not an entry's. */
  read(tag: EntryTag): Promise<EntryArtifact | null> {
    const reading = this.#read.get(tag.text) ?? this.#fetch(tag);
    this.#read.set(tag.text, reading);
    return reading;
  }

  /** The entries that name a snapshot or surface manifest, newest first, as far as entries were read. */
  naming(digest: string): readonly EntryTag[] {
    return [...(this.#naming.get(digest) ?? [])].sort((a, b) => (a.order < b.order ? 1 : -1));
  }

  /** The bytes of a file, verified. @throws VarveError `limit-exceeded`; of kind `bytes` when it is damaged. */
  async readFile(file: ArtifactFile, maxBytes: number): Promise<Buffer> {
    const object = `${this.location}: ${file.path}`;
    if (file.size > maxBytes) {
      throw new VarveError('limit-exceeded', `${object} is larger than the ${maxBytes} bytes it may have`, {
        object,
      });
    }
    return collect(verifyBlob(this.#place.readBlob(file), file, object));
  }

  /**
   * Keeps an entry with its files. Once it is kept, the tags that move follow where the place lets them, and where they
   * name nothing else: the repository may be that of the image.
   * @param subject the image, when it is in the same place.
   * @param origin `carried` for one that came with a kit.
   * @throws VarveError `denied`, `unreachable`; of kind `bytes` when a file that should be there is not.
   */
  async publish(
    entry: HistoryEntry,
    files: readonly DescribedFile[],
    subject: Subject | null,
    origin: EntryOrigin,
  ): Promise<void> {
    const artifact = packageArtifact(files, {
      artifactType: ARTIFACT_TYPES.snapshot,
      config: entryConfig(entry),
      ...(subject && { subject }),
      ...(origin === 'carried' && { annotations: CARRIED }),
    });
    const own = entryTag(entry);
    await pushArtifact(this.#place, artifact, [own]);
    this.#read.delete(own);
    for (const tag of movingTags(entry, this.#tag)) {
      // Some registries let no tag be moved. Nothing is found by these: they are for people.
      await this.#moveTag(tag, artifact.manifest).catch((fault: unknown) => {
        if (toVarveError(fault).kind !== 'outside') throw fault;
      });
    }
  }

  async #moveTag(tag: string, manifest: PackagedArtifact['manifest']): Promise<void> {
    if (await mayTakeTag(this.#place, tag, ARTIFACT_TYPES.snapshot))
      await this.#place.pushManifest(manifest, tag);
  }

  async #fetch(tag: EntryTag): Promise<EntryArtifact | null> {
    const limits = { ...DEFAULT_LIMITS, jsonBytes: LARGEST_MANIFEST };
    const bytes = await this.#place.fetchManifest(tag.text, limits);
    this.#room -= Math.max(bytes?.length ?? 0, LEAST_COUNTED);
    if (this.#room < 0) this.#read.delete(tag.text);
    if (bytes === null) return null;
    const object = `${this.location}:${tag.text}`;
    const read = parseEntryArtifact(bytes, { object, tag: tag.text }, limits);
    for (const digest of [read.entry.snapshotDigest, read.entry.surfaceManifestDigest]) {
      this.#naming.set(digest, [...(this.#naming.get(digest) ?? []), tag]);
    }
    return read;
  }
}
