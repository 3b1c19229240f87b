import type { Digest } from '../../../base/digest.ts';
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
import { isManifestType, parseLayerType } from '../../../core/image/media-type.ts';
import { type DeclaredDocument, type RawDocument, verifyDocument } from '../../../core/image/raw-document.ts';
import type { ReceivedManifest, Repository } from '../../registry/repository.ts';
import type { StoredFile } from '../files/image-files.ts';
import type { ImageDocuments } from '../image-documents.ts';
import type { KnownDocuments } from '../known-documents.ts';

export interface RegistrySourceOptions {
  readonly limits: Limits;
  readonly known: KnownDocuments;
}

/** The documents of one repository of a registry. What was fetched once is not fetched again. */
export class RegistryDocuments implements ImageDocuments {
  readonly remote = true;
  readonly findings = [];
  readonly #repository: Repository;
  readonly #limits: Limits;
  readonly #known: KnownDocuments;
  readonly #fetched = new Map<Digest, Promise<Buffer | null>>();

  constructor(repository: Repository, { limits, known }: RegistrySourceOptions) {
    this.#repository = repository;
    this.#limits = limits;
    this.#known = known;
  }

  get documentBytes(): number {
    return this.#limits.jsonBytes;
  }

  get place(): string {
    return this.#repository.name;
  }

  /** Takes in a manifest or index that was fetched already. */
  keep({ digest, bytes }: ReceivedManifest): void {
    this.#fetched.set(digest, Promise.resolve(bytes));
  }

  async readIndex(entry: IndexEntry): Promise<ImageIndex | null> {
    const document = await this.#readManifest(entry, 'the index');
    return document && parseIndex(document.bytes, document.declared, this.#limits).value;
  }

  async readManifest(entry: IndexEntry): Promise<RawDocument<ImageManifest> | null> {
    const document = await this.#readManifest(entry, 'the manifest');
    return document && parseManifest(document.bytes, document.declared, this.#limits);
  }

  async readConfig(descriptor: Descriptor): Promise<RawDocument<ImageConfig> | null> {
    const { digest } = descriptor;
    const fetch = async (): Promise<Buffer | null> =>
      (await this.#known.config(digest)) ?? this.#repository.fetchDocument(digest, this.#limits);
    const document = await this.#read(descriptor, 'the config', fetch);
    return document && parseConfig(document.bytes, document.declared, this.#limits);
  }

  async readDocument(descriptor: Descriptor): Promise<Uint8Array | null> {
    const { mediaType, digest } = descriptor;
    const document = isManifestType(mediaType)
      ? await this.#readManifest(descriptor, 'the manifest')
      : await this.#read(descriptor, 'the document', () =>
          this.#repository.fetchDocument(digest, this.#limits),
        );
    if (document === null) return null;
    verifyDocument(document.bytes, document.declared, this.#limits);
    return document.bytes;
  }

  holds(): boolean {
    return true;
  }

  /** Foreign layers are the business of those who give them out, though a registry may have them. */
  locate({ mediaType, digest, size, urls = [] }: Descriptor): StoredFile['location'] | null {
    if (parseLayerType(mediaType)?.foreign || urls.length > 0) return null;
    return { kind: 'registry', ...this.#repository.address, digest, length: size };
  }

  missing(digest: Digest): VarveError {
    const object = `${this.place}: ${digest}`;
    return new VarveError('blob-missing', `${object} is not there`, {
      object,
      hint: 'the image was pushed only in part, or is being deleted: push it again',
    });
  }

  async #readManifest(entry: IndexEntry, what: string): Promise<ReadDocument | null> {
    return this.#read(entry, what, async () => {
      const known = await this.#known.manifest(entry.digest);
      if (known !== null) return known;
      const received = await this.#repository.fetchManifest(entry.digest, this.#limits);
      return received?.bytes ?? null;
    });
  }

  async #read(
    descriptor: Descriptor,
    what: string,
    fetch: () => Promise<Buffer | null>,
  ): Promise<ReadDocument | null> {
    const { mediaType, digest, size } = descriptor;
    const object = `${this.place}: ${what} ${digest}`;
    if (size > this.#limits.jsonBytes) throw limitExceeded('jsonBytes', this.#limits, object);
    const embedded = embeddedData(descriptor);
    const fetched = embedded === null ? (this.#fetched.get(digest) ?? fetch()) : Promise.resolve(embedded);
    this.#fetched.set(digest, fetched);
    const bytes = await fetched;
    return bytes && { bytes, declared: { object, mediaType, digest, size } };
  }
}

interface ReadDocument {
  readonly bytes: Buffer;
  readonly declared: DeclaredDocument;
}
