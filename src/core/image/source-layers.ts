import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { ImageConfig } from './config.ts';
import type { Descriptor, ImageManifest } from './manifest.ts';

/** A manifest's layer with the diffID that the config claims for it. */
export interface PairedLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
}

/**
 * Lays a manifest's layers and its config's diffIDs side by side.
 * @throws VarveError `malformed` where they cannot belong together: another number, or the right layers in a wrong
 * order, which Docker 25.0.0 wrote (https://github.com/moby/moby/issues/47065).
 */
export function pairLayers(
  manifest: ImageManifest,
  config: ImageConfig,
  object: string,
): readonly PairedLayer[] {
  const { layers } = manifest;
  const diffIds = config.rootfs.diff_ids;
  if (layers.length !== diffIds.length) {
    throw disagrees(object, `has ${layers.length} layers, its config ${diffIds.length}`);
  }
  const digests = layers.map(({ digest }) => digest);
  const sameSet = new Set([...digests, ...diffIds]).size === new Set(diffIds).size;
  if (sameSet && digests.some((digest, index) => digest !== diffIds[index])) {
    throw disagrees(object, 'has the layers of its config in another order');
  }
  return diffIds.flatMap((diffId, index) => {
    const descriptor = layers[index];
    return descriptor === undefined ? [] : [{ descriptor, diffId }];
  });
}

function disagrees(object: string, problem: string): VarveError {
  return new VarveError('malformed', `${object} ${problem}`, {
    object,
    hint: 'if docker save wrote it, read it as docker-archive:FILE, which uses the config',
  });
}
