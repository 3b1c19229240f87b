import { resolve } from 'node:path';
import { openStoreDirectory } from '../adapters/filesystem/store-directory.ts';
import { DirectoryHistoryStore } from '../adapters/history-stores/directory.ts';
import { ThreadedLayerReader } from '../adapters/layer-readers/threaded-layer-reader.ts';
import { createFileSources } from '../adapters/sources/file-sources.ts';
import { createImageOpener } from '../adapters/sources/image-opener.ts';
import { DirectorySurfaceStore } from '../adapters/surface-stores/directory.ts';
import { DirectoryLayerRecords } from '../adapters/surface-stores/directory-layer-records.ts';
import type { Limits } from '../base/limits.ts';
import { LAYER_ANALYZERS } from '../core/analysis/catalogue.ts';
import { describeAnalyzer } from '../core/analysis/fragment-key.ts';
import { hostPlatform } from '../core/image/platform.ts';
import type { Store } from '../core/store.ts';
import type { LayerTools, StartProgress } from '../flows/analyse-layers.ts';
import type { ImageTools } from '../flows/open-image.ts';
import type { Settings } from './settings/settings.ts';

/** The settings that say how much of an image may be read. */
export type LimitSettings = Pick<
  Settings,
  'max-layer-bytes' | 'max-layer-entries' | 'max-sparse-bytes' | 'max-header-bytes' | 'max-json-bytes'
>;

/** What the use cases need of the outside, put together; dispose of it to end worker threads. */
export type Tools = ImageTools & LayerTools & AsyncDisposable;

/** Beside this module, built or not. */
const scriptOf = (name: string): URL =>
  new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Puts the tools together for reading images into a store. */
export function composeTools(
  store: Store,
  settings: LimitSettings,
  environment: Readonly<Record<string, string | undefined>>,
  startProgress: StartProgress,
): Tools {
  const limits = readLimits(settings);
  const reader = new ThreadedLayerReader({
    limits,
    analyzers: LAYER_ANALYZERS,
    workerScript: scriptOf('layer-worker'),
    inflateScript: scriptOf('inflate-worker'),
    engine: environment.VARVE_INFLATE === 'public' ? 'public' : 'auto',
  });
  return {
    opener: createImageOpener(createFileSources(limits), limits),
    host: hostPlatform(process.arch),
    reader,
    store,
    wanted: LAYER_ANALYZERS.map(describeAnalyzer),
    startProgress,
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

/** Opens stores by folder; the same folder gives the same store. */
export class Stores {
  readonly #open = new Map<string, Store>();

  directory(path: string): Store {
    const root = resolve(path);
    const store = this.#open.get(root) ?? openDirectory(path);
    this.#open.set(root, store);
    return store;
  }
}

function openDirectory(path: string): Store {
  const directory = openStoreDirectory(path);
  return {
    location: directory.location,
    surface: new DirectorySurfaceStore(directory, Date.now),
    layers: new DirectoryLayerRecords(directory),
    history: new DirectoryHistoryStore(directory),
  };
}

function readLimits(settings: LimitSettings): Limits {
  return {
    layerBytes: settings['max-layer-bytes'],
    layerEntries: settings['max-layer-entries'],
    sparseBytes: settings['max-sparse-bytes'],
    headerBytes: settings['max-header-bytes'],
    jsonBytes: settings['max-json-bytes'],
  };
}
