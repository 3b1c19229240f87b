import { toVarveError } from '../../../base/errors.ts';
import { type RangeSource, sourceOfBytes } from '../../../base/range-source.ts';
import type { ArtifactFile } from '../../../core/artifact/artifact-manifest.ts';
import { type DescribedFile, describeFile } from '../../../core/artifact/package-artifact.ts';
import type { Subject } from '../../../core/artifact/subject.ts';
import type { HistoryEntry } from '../../../core/history/history.ts';
import type { EntryOrigin } from '../../../core/history/history-store.ts';
import { packLines } from '../../../core/pack/json-lines.ts';
import { HISTORY_FILE, MANIFESTS_FILE, payloadFileName } from '../../../core/pack/pack.ts';
import { formatOf } from '../../../core/surface/item-manifest.ts';
import type { SurfaceManifest } from '../../../core/surface/manifest.ts';
import { manifestPath, surfaceManifestPath } from '../../../core/surface/paths.ts';
import { compressedLimit } from '../../../core/surface/payload-codec.ts';
import type { EntryArtifacts } from './entry-artifacts.ts';
import type { OciShelf, ShelvedItem } from './shelf.ts';

/** Publishes history entries with what they name, and with what else was put and is nowhere yet. */
export class OciPublisher {
  readonly #entries: EntryArtifacts;
  readonly #shelf: OciShelf;
  readonly #subjectOf: (entry: HistoryEntry) => Promise<Subject | null>;

  /** @param subjectOf the image that an entry is of, when it is in the same place. */
  constructor(
    entries: EntryArtifacts,
    shelf: OciShelf,
    subjectOf: (entry: HistoryEntry) => Promise<Subject | null>,
  ) {
    this.#entries = entries;
    this.#shelf = shelf;
    this.#subjectOf = subjectOf;
  }

  /** @throws VarveError `denied`, `unreachable`. */
  async publish(entry: HistoryEntry, origin: EntryOrigin): Promise<void> {
    const subject = await this.#subjectOf(entry);
    const items = this.#itemsFor(entry);
    try {
      await this.#push(entry, items, subject, origin);
    } catch (fault) {
      if (toVarveError(fault).kind !== 'bytes') throw fault;
      // What earlier entries have lost does not keep this one from being told.
      const sound = await Promise.all(items.map((item) => this.#isSound(item)));
      await this.#push(
        entry,
        items.filter((_, index) => sound[index]),
        subject,
        origin,
      );
    }
  }

  async #push(
    entry: HistoryEntry,
    items: readonly ShelvedItem[],
    subject: Subject | null,
    origin: EntryOrigin,
  ): Promise<void> {
    const lines = [...items.map(({ manifest }) => manifest), ...this.#imagesFor(entry)];
    const files = await Promise.all([
      describeFile({ path: HISTORY_FILE, content: sourceOfBytes(packLines([entry])) }),
      describeFile({ path: MANIFESTS_FILE, content: sourceOfBytes(packLines(lines)) }),
      ...items.map((item) => this.#fileOf(item)),
    ]);
    await this.#entries.publish(entry, files, subject, origin);
    this.#shelf.settle(entry.tenant, new Map(files.map((file) => [file.path, file])));
  }

  /** What the entry's surface manifest lists, and what was put since the last entry, in the order of their files. */
  #itemsFor({ tenant, surfaceManifestDigest }: HistoryEntry): ShelvedItem[] {
    const path = surfaceManifestPath(tenant, surfaceManifestDigest);
    const image = this.#shelf.has(path) ? this.#shelf.image(path) : null;
    const listed = new Set(
      image?.artifacts.map(({ kind, digest }) => manifestPath({ tenant, kind, digest })) ?? [],
    );
    return this.#shelf
      .items()
      .filter(([path, { manifest }]) => {
        const wanted = listed.has(path) || this.#shelf.isUnpublished(path);
        return wanted && manifest.tenant === tenant && !this.#shelf.isFaulty(path);
      })
      .map(([, item]) => item)
      .sort((a, b) => (fileNameOf(a) < fileNameOf(b) ? -1 : 1));
  }

  #imagesFor({ tenant, surfaceManifestDigest }: HistoryEntry): SurfaceManifest[] {
    const own = surfaceManifestPath(tenant, surfaceManifestDigest);
    const wanted = this.#shelf
      .images()
      .filter(
        ([path, image]) => path === own || (image.tenant === tenant && this.#shelf.isUnpublished(path)),
      );
    return wanted.map(([, image]) => image);
  }

  async #fileOf({ manifest, payload }: ShelvedItem): Promise<DescribedFile> {
    const path = fileNameOf({ manifest });
    if (payload instanceof Uint8Array) return describeFile({ path, content: sourceOfBytes(payload) });
    return { ...payload, content: this.#sourceOf(payload) };
  }

  /** A file that an earlier entry has: it is read only where its blob has gone from the place. */
  #sourceOf(file: ArtifactFile): RangeSource {
    const read = (): Promise<Buffer> => this.#entries.readFile(file, compressedLimit(file.size));
    return {
      size: file.size,
      async *read(start, end) {
        yield (await read()).subarray(start, end);
      },
    };
  }

  async #isSound({ payload }: ShelvedItem): Promise<boolean> {
    if (payload instanceof Uint8Array) return true;
    try {
      await this.#entries.readFile(payload, compressedLimit(payload.size));
      return true;
    } catch (fault) {
      if (toVarveError(fault).kind !== 'bytes') throw fault;
      return false;
    }
  }
}

const fileNameOf = ({ manifest }: Pick<ShelvedItem, 'manifest'>): string =>
  payloadFileName(manifest, formatOf(manifest));
