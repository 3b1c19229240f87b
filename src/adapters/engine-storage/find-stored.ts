import { join } from 'node:path';
import { type Digest, hexOf } from '../../base/digest.ts';
import type { HeldLocation } from '../../core/image/image-source.ts';
import { contentRoots, findStoredBlobs } from './containerd-content.ts';
import { findDockerLayers } from './docker-layers.ts';
import { type EngineStorage, readSmallFile } from './engine-storage.ts';
import { findPodmanLayers } from './podman-layers.ts';

/**
 * Finds the layers of an image that can be rebuilt, one by one, from the storage of an engine on this host. Whether
 * what is there is the layer is proven when it is read, and found wanting by the error `storage-differs`.
 * @param diffIds all of the image, in order.
 * @returns locations by diffID; what is absent, or not for this user to read, is left out.
 */
export function findStoredLayers(
  storage: EngineStorage,
  diffIds: readonly Digest[],
): ReadonlyMap<Digest, HeldLocation> {
  const found = findDockerLayers(storage, diffIds);
  return found.size > 0 ? found : findPodmanLayers(storage, diffIds);
}

/**
 * Finds a config in the storage of Docker's classic store, of Podman or of containerd on this host. The
 * caller checks its digest.
 * @param mostBytes what it may have at most.
 * @returns null when it is absent, larger, or not for this user to read.
 */
export function findStoredConfig(storage: EngineStorage, digest: Digest, mostBytes: number): Buffer | null {
  const { driver, root } = storage;
  const hex = hexOf(digest);
  const docker = join(root, 'image', driver, 'imagedb', 'content', 'sha256', hex);
  // Podman writes names of what belongs to an image so where they have a colon in them.
  const podman = join(root, `${driver}-images`, hex, `=${Buffer.from(digest).toString('base64')}`);
  return (
    readSmallFile(docker, mostBytes) ??
    readSmallFile(podman, mostBytes) ??
    findStoredManifest(storage, digest, mostBytes)
  );
}

/** Finds a manifest, or any small document, in containerd's content store on this host, as `findStoredConfig` does. */
export function findStoredManifest(
  { root }: EngineStorage,
  digest: Digest,
  mostBytes: number,
): Buffer | null {
  const blob = findStoredBlobs(contentRoots(root), [digest]).get(digest);
  return blob === undefined ? null : readSmallFile(blob.path, mostBytes);
}
