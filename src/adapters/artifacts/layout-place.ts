import { join } from 'node:path';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf, hexOf, isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { readRange } from '../../base/file-range.ts';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import type { RangeSource } from '../../base/range-source.ts';
import type { ArtifactPlace } from '../../core/artifact/artifact-place.ts';
import { verifyBlob } from '../../core/artifact/verify-blob.ts';
import { type ImageIndex, type IndexEntry, parseIndex, parseManifest } from '../../core/image/manifest.ts';
import { OCI_INDEX } from '../../core/image/media-type.ts';
import { parseJsonObject } from '../../core/image/raw-document.ts';
import { FileTree } from '../filesystem/file-tree.ts';
import { writeNewFile } from './new-file.ts';

const LAYOUT_FILE = 'oci-layout';
const LAYOUT_VERSION = '1.0.0';
const INDEX_FILE = 'index.json';
/** Stands in `index.json` alone. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md */
const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * Artifacts in an OCI image layout, which may hold other things too. One process writes it at a time.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export class LayoutPlace implements ArtifactPlace {
  readonly location: string;
  readonly #tree: FileTree;
  readonly #strange: readonly string[];

  /** @param strange folders whose files others chose: nothing is written through a link in them. */
  constructor(path: string, strange: readonly string[] = []) {
    this.#strange = strange;
    this.location = `oci:${path}`;
    this.#tree = new FileTree(path);
  }

  async pushBlob(digest: Digest, source: RangeSource): Promise<boolean> {
    // Whatever else the folder is, it stays as it is.
    this.#readIndex(DEFAULT_LIMITS);
    if (this.#tree.holds(blobPath(digest))) return false;
    const bytes = verifyBlob(source.read(0, source.size), { digest, size: source.size }, `blob ${digest}`);
    await writeNewFile(this.#tree.at(blobPath(digest)), bytes, this.#strange);
    return true;
  }

  async pushManifest(
    { bytes, mediaType }: { readonly bytes: Uint8Array; readonly mediaType: string },
    tag: string | null,
  ): Promise<void> {
    const digest = digestOf(bytes);
    const present = this.#readIndex(DEFAULT_LIMITS);
    await writeNewFile(this.#tree.at(blobPath(digest)), [bytes], this.#strange);
    const declared = { object: digest, mediaType, digest, size: bytes.length };
    const { artifactType } = parseManifest(bytes, declared, DEFAULT_LIMITS).value;
    const entry: IndexEntry = {
      mediaType,
      digest,
      size: bytes.length,
      ...(artifactType !== undefined && { artifactType }),
      ...(tag !== null && { annotations: { [REF_NAME]: tag } }),
    };
    const index = addEntry(present, entry);
    if (present === null) {
      const layout = canonicalBytes({ imageLayoutVersion: LAYOUT_VERSION });
      await writeNewFile(this.#tree.at(LAYOUT_FILE), [layout], this.#strange);
    }
    if (index === present) return;
    await writeNewFile(this.#tree.at(INDEX_FILE), [canonicalBytes(index)], this.#strange);
  }

  /** @param reference a tag, a digest, or the empty text for the one that there is. */
  async fetchManifest(reference: string, limits: Limits): Promise<Uint8Array | null> {
    const entries = this.#readIndex(limits)?.manifests ?? [];
    const found = isDigest(reference) ? reference : chooseEntry(entries, reference, this.location)?.digest;
    const bytes = found === undefined ? null : this.#tree.read(blobPath(found), limits.jsonBytes);
    if (bytes === null || digestOf(bytes) === found) return bytes;
    throw new VarveError('digest-mismatch', `${this.location}: the manifest ${found} has another digest`, {
      object: this.location,
    });
  }

  async *readBlob({ digest }: { readonly digest: Digest }): AsyncGenerator<Uint8Array> {
    if (!this.#tree.holds(blobPath(digest))) {
      const object = `${this.location}: blob ${digest}`;
      throw new VarveError('blob-missing', `${object} is not there`, {
        object,
        hint: 'the layout was copied only in part: make or fetch it again',
      });
    }
    yield* readRange(this.#tree.at(blobPath(digest)));
  }

  async listTags(limits: Limits): Promise<readonly string[]> {
    const tags = (this.#readIndex(limits)?.manifests ?? []).map(tagOf);
    return tags.filter((tag) => tag !== null);
  }

  /** Blobs come before the index that names them. */
  #isVacant(): boolean {
    return this.#tree.list('').every(({ name }) => name === 'blobs');
  }

  /** Null where nothing is yet. @throws VarveError `unsupported` for a layout of another version; `malformed`. */
  #readIndex(limits: Limits): ImageIndex | null {
    const layout = this.#tree.read(LAYOUT_FILE, limits.jsonBytes);
    const index = this.#tree.read(INDEX_FILE, limits.jsonBytes);
    if (layout === null && index === null && this.#isVacant()) return null;
    const object = `${this.location}: ${INDEX_FILE}`;
    if (layout === null || index === null) {
      throw new VarveError('image-not-found', `${this.location} is not an OCI image layout`, {
        object: this.location,
        hint: 'name a folder with oci-layout, index.json and blobs in it, or to make one, a new or empty one',
      });
    }
    const version = parseJsonObject(layout, `${this.location}: ${LAYOUT_FILE}`).imageLayoutVersion;
    if (version !== LAYOUT_VERSION) {
      throw new VarveError(
        'unsupported',
        `${this.location} is not an image layout of version ${LAYOUT_VERSION}`,
        {
          object: this.location,
        },
      );
    }
    return parseIndex(index, { object, mediaType: null, digest: null, size: null }, limits).value;
  }
}

/** The path of a blob's file. A `Digest` is well formed, so it cannot lead anywhere else. */
const blobPath = (digest: Digest): string => join('blobs', 'sha256', hexOf(digest));

const tagOf = ({ annotations }: IndexEntry): string | null => annotations?.[REF_NAME] ?? null;

/** The index with one entry more, that alone has its tag; the same one when nothing changes. */
function addEntry(present: ImageIndex | null, entry: IndexEntry): ImageIndex {
  if (present === null) return { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [entry] };
  const tag = tagOf(entry);
  const same = present.manifests.some(
    (each) => each.digest === entry.digest && (tag ?? tagOf(each)) === tagOf(each),
  );
  if (same) return present;
  const others = present.manifests.filter((each) => {
    const replaced = tag !== null && tagOf(each) === tag;
    return !replaced && !(each.digest === entry.digest && tagOf(each) === null);
  });
  return { ...present, manifests: [...others, entry] };
}

function chooseEntry(entries: readonly IndexEntry[], tag: string, location: string): IndexEntry | undefined {
  if (tag !== '') return entries.find((entry) => tagOf(entry) === tag);
  if (entries.length <= 1) return entries[0];
  const names = entries.map((entry) => tagOf(entry) ?? entry.digest).slice(0, 10);
  throw new VarveError('image-not-found', `${location} has more than one artifact: ${names.join(', ')}`, {
    object: location,
    hint: 'add the tag after a colon, or the digest of the manifest after an @',
  });
}
