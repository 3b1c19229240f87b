import { join } from 'node:path';
import * as v from 'valibot';
import type { Digest } from '../../base/digest.ts';
import type { HeldLocation } from '../../core/image/image-source.ts';
import { type EngineStorage, locateLayer, readSmallFile } from './engine-storage.ts';

/** Some 500 bytes a layer. */
const MOST_BYTES = 64 * 1024 * 1024;

const LayerSchema = v.looseObject({
  id: v.string(),
  'diff-digest': v.string(),
  'diff-size': v.number(),
});

/**
 * Finds layers in the storage of Podman, Buildah and CRI-O, which lists them all in one file.
 * @see https://github.com/containers/storage/blob/v1.59.1/layers.go
 */
export function findPodmanLayers(
  storage: EngineStorage,
  diffIds: readonly Digest[],
): ReadonlyMap<Digest, HeldLocation> {
  const folder = join(storage.root, `${storage.driver}-layers`);
  const wanted = new Map<string, Digest>(diffIds.map((diffId) => [diffId, diffId]));
  const found = new Map<Digest, HeldLocation>();
  for (const item of readList(join(folder, 'layers.json'))) {
    // Layers that were never exported, such as those of containers, lack digest and size.
    if (!v.is(LayerSchema, item)) continue;
    const diffId = wanted.get(item['diff-digest']);
    if (diffId === undefined || found.has(diffId)) continue;
    const metadata = join(folder, `${item.id}.tar-split.gz`);
    const location = locateLayer(storage, { id: item.id, metadata, length: item['diff-size'] });
    if (location !== null) found.set(diffId, location);
  }
  return found;
}

function readList(path: string): readonly unknown[] {
  const text = readSmallFile(path, MOST_BYTES);
  if (text === null) return [];
  try {
    const value: unknown = JSON.parse(text.toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
