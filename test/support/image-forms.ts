import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pack } from 'tar-stream';
import { type Digest, digestOf, hexOf } from '../../src/base/digest.ts';
import type { MadeBlob, MadeImage } from './image-maker.ts';

/** A file, or a link to one, in an image's folder or archive. */
export type FormFile =
  | { readonly name: string; readonly bytes: Buffer }
  | { readonly name: string; readonly symlink: string }
  | { readonly name: string; readonly hardlink: string };

type Json = Record<string, unknown>;

const json = (name: string, value: unknown): FormFile => ({
  name,
  bytes: Buffer.from(JSON.stringify(value)),
});

export const blobName = (digest: Digest): string => `blobs/sha256/${hexOf(digest)}`;

const blobFiles = (blobs: readonly MadeBlob[]): FormFile[] =>
  [...new Map(blobs.map((blob) => [blob.digest, blob])).values()].map(({ digest, bytes }) => ({
    name: blobName(digest),
    bytes,
  }));

/** An OCI layout whose `index.json` has the given descriptors. */
export function layoutFiles(descriptors: readonly Json[], blobs: readonly MadeBlob[]): FormFile[] {
  return [
    json('oci-layout', { imageLayoutVersion: '1.0.0' }),
    json('index.json', { schemaVersion: 2, manifests: descriptors }),
    ...blobFiles(blobs),
  ];
}

/** The annotations that engines give to the entry of an image. */
export const named = (name: string, tag: string) => ({
  annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': tag },
});

/** `docker save` up to Docker 24: a folder for each layer, the same layer again as a symlink to the first. */
export function oldDockerFiles(image: MadeImage, tags: readonly string[] = ['app:1']): FormFile[] {
  const first = new Map<Digest, string>();
  const layers = image.layers.map(({ diffId, tar }, index): FormFile & { name: string } => {
    const id = hexOf(digestOf(`layer ${index}`));
    const name = `${id}/layer.tar`;
    const same = first.get(diffId);
    if (same !== undefined) return { name, symlink: `../${same}` };
    first.set(diffId, name);
    return { name, bytes: tar };
  });
  const config = `${hexOf(image.config.digest)}.json`;
  return [
    { name: config, bytes: image.config.bytes },
    ...layers,
    json('manifest.json', [{ Config: config, RepoTags: tags, Layers: layers.map(({ name }) => name) }]),
    json('repositories', { app: { 1: 'ffff' } }),
  ];
}

/** `docker save` of the classic store from Docker 25 on; `broken` is the OCI manifest that 25.0.0 wrote. */
export function classicDockerFiles(
  image: MadeImage,
  tags: readonly string[] = ['app:1'],
  broken = false,
): FormFile[] {
  const sources = image.layers.map(({ diffId, tar }) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    size: tar.length,
    digest: diffId,
  }));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: image.config.descriptor,
      layers: broken ? null : sources,
    }),
  );
  const digest = digestOf(manifest);
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: manifest.length };
  const layers = image.layers.map(({ diffId }) => blobName(diffId));
  const item = { Config: blobName(image.config.digest), RepoTags: tags, Layers: layers };
  return [
    ...[...new Map(image.layers.map(({ diffId, tar }) => [blobName(diffId), tar]))].map(([name, bytes]) => ({
      name,
      bytes,
    })),
    { name: blobName(image.config.digest), bytes: image.config.bytes },
    { name: blobName(digest), bytes: manifest },
    json('index.json', {
      schemaVersion: 2,
      manifests: [{ ...entry, ...named('docker.io/library/app:1', '1') }],
    }),
    json('manifest.json', [
      broken
        ? item
        : { ...item, LayerSources: Object.fromEntries(sources.map((source) => [source.digest, source])) },
    ]),
    json('oci-layout', { imageLayoutVersion: '1.0.0' }),
    ...(tags.length > 0 ? [json('repositories', { app: { 1: 'ffff' } })] : []),
  ];
}

/** `docker save` of a containerd store: a layout, and a `manifest.json` for one platform of it. */
export function containerdFiles(
  image: MadeImage,
  entry: Json = { ...image.descriptor, ...named('docker.io/library/app:1', '1') },
  more: readonly MadeBlob[] = [],
): FormFile[] {
  return [
    ...layoutFiles([entry], [...image.blobs, ...more]),
    json('manifest.json', [
      {
        Config: blobName(image.config.digest),
        RepoTags: ['app:1'],
        Layers: image.layers.map(({ digest }) => blobName(digest)),
      },
    ]),
  ];
}

export function writeFolder(root: string, files: readonly FormFile[]): string {
  mkdirSync(root, { recursive: true });
  for (const file of files) {
    if (!('bytes' in file)) throw new Error('links are for archives');
    mkdirSync(dirname(join(root, file.name)), { recursive: true });
    writeFileSync(join(root, file.name), file.bytes);
  }
  return root;
}

/** The bytes of an archive; names may stand in it twice. */
export async function packFiles(files: readonly FormFile[]): Promise<Buffer> {
  const tar = pack();
  for (const file of files) {
    const { name } = file;
    if ('bytes' in file) tar.entry({ name }, file.bytes);
    else if ('symlink' in file) tar.entry({ name, type: 'symlink', linkname: file.symlink });
    else tar.entry({ name, type: 'link', linkname: file.hardlink });
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
