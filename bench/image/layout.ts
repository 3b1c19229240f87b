import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

type Descriptor = { mediaType: string; digest: string; size: number };
type Manifest = { config: Descriptor; layers: Descriptor[] };

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Writes an OCI layout whose only layer is `tar`, gzipped. */
export async function writeLayout(directory: string, tar: Iterable<Buffer>, tag: string): Promise<void> {
  mkdirSync(join(directory, 'blobs', 'sha256'), { recursive: true });
  const diffId = createHash('sha256');
  const layerFile = join(directory, 'layer.unnamed');
  const hashed = (function* () {
    for (const bytes of tar) {
      diffId.update(bytes);
      yield bytes;
    }
  })();
  // Level 4 packs these layers within a few per cent of level 6 in half the time.
  await pipeline(Readable.from(hashed), createGzip({ level: 4 }), createWriteStream(layerFile));
  const layer = await adoptBlob(directory, layerFile, 'application/vnd.oci.image.layer.v1.tar+gzip');
  const config = writeBlob(directory, 'application/vnd.oci.image.config.v1+json', {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [`sha256:${diffId.digest('hex')}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'COPY data /srv/data' }],
  });
  const manifest = writeBlob(directory, MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config,
    layers: [layer],
  });
  const index = {
    schemaVersion: 2,
    manifests: [{ ...manifest, annotations: { 'org.opencontainers.image.ref.name': tag } }],
  };
  writeFileSync(join(directory, 'index.json'), JSON.stringify(index));
  writeFileSync(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

function writeBlob(directory: string, mediaType: string, value: object): Descriptor {
  const bytes = Buffer.from(JSON.stringify(value));
  const hex = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(directory, 'blobs', 'sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

async function adoptBlob(directory: string, file: string, mediaType: string): Promise<Descriptor> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), new PassThrough(), async (chunks) => {
    for await (const chunk of chunks) hash.update(chunk);
  });
  const hex = hash.digest('hex');
  const size = statSync(file).size;
  renameSync(file, join(directory, 'blobs', 'sha256', hex));
  return { mediaType, digest: `sha256:${hex}`, size };
}

/** The layer blobs of a layout with one image, lowest layer first. */
export function layerBlobs(directory: string): { path: string; digest: string; size: number }[] {
  const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as {
    manifests: Descriptor[];
  };
  const [descriptor] = index.manifests;
  if (!descriptor) throw new Error(`${directory} holds no manifest`);
  const manifest = JSON.parse(readFileSync(blobPath(directory, descriptor.digest), 'utf8')) as Manifest;
  return manifest.layers.map(({ digest, size }) => ({ path: blobPath(directory, digest), digest, size }));
}

function blobPath(directory: string, digest: string): string {
  return join(directory, 'blobs', ...digest.split(':'));
}
