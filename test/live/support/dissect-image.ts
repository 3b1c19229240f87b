import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { run } from './program.ts';

/** A layer as programs alone take it out of an image. */
export interface DissectedLayer {
  /** File with the bytes as they are stored. */
  readonly stored: string;
  /** File with the uncompressed tar. */
  readonly tar: string;
  /** Of the stored bytes, as sha256sum says. */
  readonly digest: string;
  /** Of the uncompressed bytes, as sha256sum says. */
  readonly diffId: string;
}

export interface DissectedImage {
  readonly layers: readonly DissectedLayer[];
  /** The file of the config. */
  readonly config: string;
}

/**
 * Takes an image apart with tar, gzip, zstd and sha256sum: no code of ours plays a part.
 * @param source folder of an OCI layout, or an archive of any kind and compression
 * @param tag tag or name of the image; needed where there are several
 * @param folder folder to make for what comes out
 */
export async function dissectImage(
  source: string,
  tag: string | null,
  folder: string,
): Promise<DissectedImage> {
  await ensurePackages('zstd');
  mkdirSync(folder, { recursive: true });
  const unpacked = existsSync(join(source, 'oci-layout')) ? source : await unpackArchive(source, folder);
  const { config, layers } = listFiles(unpacked, tag);
  const dissected: DissectedLayer[] = [];
  for (const [index, name] of layers.entries()) {
    dissected.push(await dissectLayer(join(unpacked, name), join(folder, `layer-${index}.tar`)));
  }
  return { layers: dissected, config: join(unpacked, config) };
}

async function unpackArchive(archive: string, folder: string): Promise<string> {
  const unpacked = join(folder, 'archive');
  mkdirSync(unpacked);
  const options = { gzip: ['--gzip'], zstd: ['--zstd'], none: [] }[compressionOf(archive)];
  await run('tar', ['--extract', ...options, '--file', archive, '--directory', unpacked]);
  return unpacked;
}

async function dissectLayer(stored: string, tar: string): Promise<DissectedLayer> {
  const program = { gzip: 'gzip', zstd: 'zstd', none: null }[compressionOf(stored)];
  if (program === null)
    return { stored, tar: stored, digest: await sha256(stored), diffId: await sha256(stored) };
  await run(program, ['-dc'], { stdin: stored, stdout: tar });
  return { stored, tar, digest: await sha256(stored), diffId: await sha256(tar) };
}

export async function sha256(path: string): Promise<string> {
  return `sha256:${(await run('sha256sum', [path])).slice(0, 64)}`;
}

/** Names of the config and the layers, as manifest.json or else the OCI documents say. */
function listFiles(unpacked: string, tag: string | null): { config: string; layers: string[] } {
  const json = (name: string) => JSON.parse(readFileSync(join(unpacked, name), 'utf8'));
  if (readdirSync(unpacked).includes('manifest.json')) {
    const items: { Config: string; RepoTags: string[] | null; Layers: string[] }[] = json('manifest.json');
    const item = items.find(({ RepoTags }) => tag === null || RepoTags?.includes(tag));
    if (item === undefined) throw new Error(`${unpacked} has no ${tag}`);
    return { config: item.Config, layers: item.Layers };
  }
  const blob = ({ digest }: { digest: string }) => `blobs/${digest.replace(':', '/')}`;
  const entries: { digest: string; annotations?: Record<string, string> }[] = json('index.json').manifests;
  const entry = entries.find(
    ({ annotations }) => tag === null || annotations?.['org.opencontainers.image.ref.name'] === tag,
  );
  if (entry === undefined) throw new Error(`${unpacked} has no ${tag}`);
  const manifest: { config: { digest: string }; layers: { digest: string }[] } = json(blob(entry));
  return { config: blob(manifest.config), layers: manifest.layers.map(blob) };
}

function compressionOf(path: string): 'gzip' | 'zstd' | 'none' {
  const magic = Buffer.alloc(4);
  const file = openSync(path, 'r');
  readSync(file, magic);
  closeSync(file);
  if (magic.readUInt16BE() === 0x1f8b) return 'gzip';
  return magic.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'none';
}
