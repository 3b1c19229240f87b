import { type Digest, digestOf } from '../../src/base/digest.ts';
import { VarveError } from '../../src/base/errors.ts';
import type { RangeSource } from '../../src/base/range-source.ts';
import type { ArtifactPlace } from '../../src/core/artifact/artifact-place.ts';
import { verifyBlob } from '../../src/core/artifact/verify-blob.ts';

/** A repository that forgets everything, keeps no blob that it was not sent, and can be tampered with. */
export class MemoryPlace implements ArtifactPlace {
  readonly location = 'oci://memory/place';
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, Buffer>();
  /** How often something was written. */
  writes = 0;
  /** Called before each step that changes something; may throw. */
  beforeWrite: (what: string) => void = () => undefined;

  /** One of its own with the same blobs and manifests. */
  copy(): MemoryPlace {
    const copy = new MemoryPlace();
    for (const [digest, bytes] of this.blobs) copy.blobs.set(digest, bytes);
    for (const [name, bytes] of this.manifests) copy.manifests.set(name, bytes);
    return copy;
  }

  async pushBlob(digest: Digest, source: RangeSource): Promise<boolean> {
    if (this.blobs.has(digest)) return false;
    const chunks: Buffer[] = [];
    const bytes = verifyBlob(source.read(0, source.size), { digest, size: source.size }, digest);
    for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
    this.#write(`blob ${digest}`);
    this.blobs.set(digest, Buffer.concat(chunks));
    return true;
  }

  async pushManifest({ bytes }: { readonly bytes: Uint8Array }, tag: string | null): Promise<void> {
    const { config, layers } = JSON.parse(Buffer.from(bytes).toString());
    for (const { digest } of [config, ...layers]) {
      if (!this.blobs.has(digest)) throw new VarveError('unreachable', `manifest names unknown ${digest}`);
    }
    const names = [digestOf(bytes), ...(tag === null ? [] : [tag])];
    if (names.every((name) => this.manifests.get(name)?.equals(bytes))) return;
    this.#write(`manifest ${tag}`);
    for (const name of names) this.manifests.set(name, Buffer.from(bytes));
  }

  async fetchManifest(reference: string): Promise<Uint8Array | null> {
    return this.manifests.get(reference) ?? null;
  }

  async *readBlob({ digest }: { readonly digest: Digest }): AsyncGenerator<Uint8Array> {
    const bytes = this.blobs.get(digest);
    if (bytes === undefined) throw new VarveError('blob-missing', `blob ${digest} is not there`);
    yield bytes;
  }

  async listTags(): Promise<readonly string[]> {
    return [...this.manifests.keys()].filter((name) => !name.startsWith('sha256:'));
  }

  /** Edits every manifest that a tag names, in the ways of one who may push: new bytes under the same tag. */
  edit(change: (manifest: EditableManifest) => void): void {
    for (const [name, bytes] of this.manifests) {
      if (name.startsWith('sha256:')) continue;
      const manifest: EditableManifest = JSON.parse(bytes.toString());
      change(manifest);
      this.manifests.set(name, Buffer.from(JSON.stringify(manifest)));
    }
  }

  /** Puts other bytes in the place of a layer's, and lets the layer name them. */
  replace(layer: EditableDescriptor, bytes: Uint8Array): void {
    const digest = digestOf(bytes);
    this.blobs.set(digest, Buffer.from(bytes));
    Object.assign(layer, { digest, size: bytes.length });
    if (layer.data !== undefined) layer.data = Buffer.from(bytes).toString('base64');
  }

  bytesOf({ digest }: EditableDescriptor): Buffer {
    const bytes = this.blobs.get(digest);
    if (bytes === undefined) throw new Error(`no blob ${digest}`);
    return bytes;
  }

  #write(what: string): void {
    this.beforeWrite(what);
    this.writes += 1;
  }
}

export interface EditableDescriptor {
  mediaType: string;
  digest: string;
  size: number;
  data?: string;
  annotations?: Record<string, string>;
}

export interface EditableManifest {
  config: EditableDescriptor;
  layers: EditableDescriptor[];
  artifactType?: string;
  subject?: EditableDescriptor;
  /** Of an index. */
  manifests?: { readonly artifactType?: string }[];
}

/** The name of a layer's file. */
export const titleOf = ({ annotations }: EditableDescriptor): string =>
  annotations?.['org.opencontainers.image.title'] ?? '';
