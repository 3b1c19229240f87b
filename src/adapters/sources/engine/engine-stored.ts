import type { Digest } from '../../../base/digest.ts';
import type { LayerWay, LocatedLayer, SourceImage, SourceLayer } from '../../../core/image/image-source.ts';
import type { EngineClient } from '../../engine/engine-client.ts';
import { contentRoots, findStoredBlobs } from '../../engine-storage/containerd-content.ts';
import type { EngineStorage } from '../../engine-storage/engine-storage.ts';
import { findStoredConfig, findStoredLayers, findStoredManifest } from '../../engine-storage/find-stored.ts';
import type { KnownDocuments } from '../known-documents.ts';

/** What an engine keeps in files that this process may read: usually none, unless it is root on the engine's host. */
export class EngineStored implements KnownDocuments {
  readonly #engine: EngineClient;
  readonly #mostBytes: number;
  #storage: Promise<EngineStorage | null> | null = null;

  /** @param mostBytes what a document may have at most. */
  constructor(engine: EngineClient, mostBytes: number) {
    this.#engine = engine;
    this.#mostBytes = mostBytes;
  }

  async config(digest: Digest): Promise<Buffer | null> {
    const storage = await this.#find();
    return storage && findStoredConfig(storage, digest, this.#mostBytes);
  }

  async manifest(digest: Digest): Promise<Buffer | null> {
    const storage = await this.#find();
    return storage && findStoredManifest(storage, digest, this.#mostBytes);
  }

  /** The way to single layers of an image. */
  way({ config }: SourceImage): LayerWay {
    return {
      name: 'the storage of the engine',
      locate: async (layers) => {
        const storage = await this.#find();
        if (storage === null) return new Map();
        return new Map([
          ...locateUnpacked(storage, config.value.rootfs.diff_ids, layers),
          ...locateBlobs(storage, layers),
        ]);
      },
    };
  }

  #find(): Promise<EngineStorage | null> {
    this.#storage ??= this.#ask();
    return this.#storage;
  }

  async #ask(): Promise<EngineStorage | null> {
    if (!this.#engine.isLocal) return null;
    // Only a shorter way to what can be had otherwise: an engine that does not tell has none.
    const info = await this.#engine.info().catch(() => null);
    return info && { driver: info.Driver, root: info.DockerRootDir };
  }
}

type Located = [index: number, place: LocatedLayer];

/** Layers of the classic store and of Podman: their tars are rebuilt, and proven by their diffIDs. */
function locateUnpacked(
  storage: EngineStorage,
  diffIds: readonly Digest[],
  layers: readonly SourceLayer[],
): Located[] {
  const wanted = layers.filter(({ digest }) => digest === null);
  if (wanted.length === 0) return [];
  const found = findStoredLayers(storage, diffIds);
  return wanted.flatMap(({ index, diffId }): Located[] => {
    const location = found.get(diffId);
    if (location === undefined) return [];
    return [[index, { location, address: null, storedSize: location.length }]];
  });
}

/** Layers that containerd keeps as they were distributed. */
function locateBlobs({ root }: EngineStorage, layers: readonly SourceLayer[]): Located[] {
  const digests = layers.map(({ digest }) => digest).filter((digest) => digest !== null);
  if (digests.length === 0) return [];
  const found = findStoredBlobs(contentRoots(root), digests);
  return layers.flatMap(({ index, digest, address }): Located[] => {
    const location = digest === null ? undefined : found.get(digest);
    return location === undefined ? [] : [[index, { location, address, storedSize: location.length }]];
  });
}
