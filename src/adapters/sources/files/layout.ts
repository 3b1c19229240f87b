import { type Digest, hexOf } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { type Limits, limitExceeded } from '../../../base/limits.ts';
import { type ImageConfig, parseConfig } from '../../../core/image/config.ts';
import { type Descriptor, embeddedData } from '../../../core/image/descriptor.ts';
import {
  type ImageIndex,
  type ImageManifest,
  type IndexEntry,
  parseIndex,
  parseManifest,
} from '../../../core/image/manifest.ts';
import {
  type DeclaredDocument,
  parseJsonObject,
  type RawDocument,
  refuseLongList,
  verifyDocument,
} from '../../../core/image/raw-document.ts';
import type { Finding } from '../../../core/words/finding.ts';
import type { ImageDocuments } from '../image-documents.ts';
import { MOST_ENTRIES } from '../layout-contents.ts';
import { ITEMS_FILE } from './docker-items.ts';
import { type ImageFiles, noImage, type StoredFile } from './image-files.ts';

export const LAYOUT_FILE = 'oci-layout';
export const INDEX_FILE = 'index.json';
const LAYOUT_VERSION = '1.0.0';

/** The name of a blob's file. A `Digest` is well formed, so it cannot lead anywhere else. */
export const blobName = (digest: Digest): string => `blobs/sha256/${hexOf(digest)}`;

/**
 * Reads the documents of an OCI image layout; each is checked against its descriptor.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export class Layout implements ImageDocuments {
  readonly remote = false;
  readonly files: ImageFiles;
  readonly #limits: Limits;

  constructor(files: ImageFiles, limits: Limits) {
    this.files = files;
    this.#limits = limits;
  }

  get documentBytes(): number {
    return this.#limits.jsonBytes;
  }

  get place(): string {
    return this.files.path;
  }

  get findings(): readonly Finding[] {
    return this.files.findings;
  }

  /** @throws VarveError `image-not-found` where there is no layout, `unsupported` for one of another version. */
  async readIndexFile(): Promise<ImageIndex> {
    const { path } = this.files;
    const version = await this.files.read(LAYOUT_FILE, this.#limits);
    const index = await this.files.read(INDEX_FILE, this.#limits);
    if (index === null) {
      throw noImage(
        this.files,
        INDEX_FILE,
        this.files.find(ITEMS_FILE) === null
          ? 'name the folder or archive that has oci-layout, index.json and blobs in it'
          : `it is one of docker save: write docker-archive:${path}`,
      );
    }
    if (version === null) {
      throw new VarveError('malformed', `${path} has ${INDEX_FILE}, but no ${LAYOUT_FILE}`, {
        object: path,
        hint: 'it was copied only in part, or is not an OCI image layout',
      });
    }
    const stated = parseJsonObject(version, `${path}: ${LAYOUT_FILE}`).imageLayoutVersion;
    if (stated !== LAYOUT_VERSION) {
      const found = JSON.stringify(stated)?.slice(0, 100) ?? 'none';
      throw new VarveError(
        'unsupported',
        `${path} is an image layout of version ${found}, not "${LAYOUT_VERSION}"`,
        { object: path, hint: 'write the image again with a current program' },
      );
    }
    const declared = { object: `${path}: ${INDEX_FILE}`, mediaType: null, digest: null, size: null };
    const { value } = parseIndex(index, declared, this.#limits);
    refuseLongList(value.manifests.length, MOST_ENTRIES, 'entries', declared.object);
    return value;
  }

  async readIndex(entry: IndexEntry): Promise<ImageIndex | null> {
    const document = await this.#read(entry, 'the index');
    return document && parseIndex(document.bytes, document.declared, this.#limits).value;
  }

  async readManifest(entry: IndexEntry): Promise<RawDocument<ImageManifest> | null> {
    const document = await this.#read(entry, 'the manifest');
    return document && parseManifest(document.bytes, document.declared, this.#limits);
  }

  async readConfig(descriptor: Descriptor): Promise<RawDocument<ImageConfig> | null> {
    const document = await this.#read(descriptor, 'the config');
    return document && parseConfig(document.bytes, document.declared, this.#limits);
  }

  async readDocument(descriptor: Descriptor): Promise<Uint8Array | null> {
    const document = await this.#read(descriptor, 'the document');
    if (document === null) return null;
    verifyDocument(document.bytes, document.declared, this.#limits);
    return document.bytes;
  }

  /** @throws VarveError `size-mismatch` when the blob is not of the size that its descriptor claims. */
  locate({ digest, size }: Descriptor): StoredFile['location'] | null {
    const file = this.files.find(blobName(digest));
    if (file === null || file.size === size) return file?.location ?? null;
    const object = `${this.files.path}: blob ${digest}`;
    throw new VarveError('size-mismatch', `${object} is ${file.size} bytes, not ${size} as declared`, {
      object,
    });
  }

  holds(descriptor: Descriptor): boolean {
    return embeddedData(descriptor) !== null || this.files.find(blobName(descriptor.digest)) !== null;
  }

  missing(digest: Digest): VarveError {
    return blobMissing(this.files, digest);
  }

  async #read(
    descriptor: Descriptor,
    what: string,
  ): Promise<{ bytes: Uint8Array; declared: DeclaredDocument } | null> {
    const { mediaType, digest, size } = descriptor;
    const object = `${this.files.path}: ${what} ${digest}`;
    if (size > this.#limits.jsonBytes) throw limitExceeded('jsonBytes', this.#limits, object);
    const bytes = (await this.files.read(blobName(digest), this.#limits)) ?? embeddedData(descriptor);
    return bytes && { bytes, declared: { object, mediaType, digest, size } };
  }
}

function blobMissing(files: ImageFiles, digest: Digest): VarveError {
  const object = `${files.path}: blob ${digest}`;
  return new VarveError('blob-missing', `${object} is not there`, {
    object,
    hint: files.unterminated
      ? 'the archive has no end mark: it was most likely cut off, so make or fetch it again'
      : 'the image was copied only in part: make or fetch it again',
  });
}
