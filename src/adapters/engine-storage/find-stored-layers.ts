import type { Digest } from '../../base/digest.ts';
import type { HeldLocation } from '../../core/image/image-source.ts';
import { findDockerLayers } from './docker-layers.ts';
import type { EngineStorage } from './engine-storage.ts';
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
