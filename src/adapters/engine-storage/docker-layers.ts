import { join } from 'node:path';
import { type Digest, digestOf, hexOf } from '../../base/digest.ts';
import type { HeldLocation } from '../../core/image/image-source.ts';
import { type EngineStorage, locateLayer, readSmallFile } from './engine-storage.ts';

/** A digest, an id or a number. */
const MOST_BYTES = 1024;

/**
 * Finds layers in the classic image store of Docker, which keeps them by chain ID.
 * @param diffIds all of the image, in order.
 * @see https://github.com/moby/moby/blob/v28.5.2/layer/filestore.go
 */
export function findDockerLayers(
  storage: EngineStorage,
  diffIds: readonly Digest[],
): ReadonlyMap<Digest, HeldLocation> {
  const found = new Map<Digest, HeldLocation>();
  chainIds(diffIds).forEach((chainId, index) => {
    const folder = join(storage.root, 'image', storage.driver, 'layerdb', 'sha256', hexOf(chainId));
    const read = (name: string): string =>
      readSmallFile(join(folder, name), MOST_BYTES)?.toString('utf8').trim() ?? '';
    const diffId = diffIds[index] as Digest;
    if (read('diff') !== diffId) return;
    const metadata = join(folder, 'tar-split.json.gz');
    const location = locateLayer(storage, {
      id: read('cache-id'),
      metadata,
      length: Number.parseInt(read('size'), 10),
    });
    if (location !== null) found.set(diffId, location);
  });
  return found;
}

/**
 * The ID of each layer together with all below it.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#layer-chainid
 */
function chainIds(diffIds: readonly Digest[]): Digest[] {
  const chain: Digest[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}
