import { EngineExports } from '../../adapters/engine/engine-exports.ts';
import { ThreadedLayerReader } from '../../adapters/layer-readers/threaded-layer-reader.ts';
import { Registries } from '../../adapters/registry/registries.ts';
import { type BareNames, createImageOpener } from '../../adapters/sources/image-opener.ts';
import { findDocumentsIn, NO_DOCUMENTS } from '../../adapters/sources/known-documents.ts';
import type { Analyzers } from '../../core/analysis/analyzers.ts';
import { ANALYZERS } from '../../core/analysis/catalogue.ts';
import type { Store } from '../../core/store/store.ts';
import type { LayerTools } from '../../flows/image/analyze-layers.ts';
import type { ImageTools } from '../../flows/image/open-image.ts';
import type { StartProgress } from '../../flows/image/read-layers.ts';
import { isWithin } from '../host/checkouts.ts';
import type { Host } from '../host/host.ts';
import { isInPullRequest } from '../host/run-context.ts';
import type { Settings } from '../settings/catalogue.ts';
import { type LIMIT_SETTINGS, readLimits } from '../settings/limits.ts';
import { type NetworkSettings, readRegistryAccess } from './network.ts';
import { scriptOf } from './scripts.ts';
import { SOURCES } from './sources.ts';

/** The settings that say how images are reached, and how much of one may be read. */
export type SourceSettings = Pick<Settings, keyof typeof LIMIT_SETTINGS | 'tenant' | 'reread'> &
  NetworkSettings;

/** What the use cases need of the outside, put together; dispose of it to end worker threads. */
export type Tools = ImageTools & LayerTools & AsyncDisposable;

/** The analyzers of a run, and the module that serves those of layers in worker threads. */
export interface AnalyzerSetup {
  readonly analyzers: Analyzers;
  readonly workerScript: URL;
}

export interface ToolOptions {
  readonly startProgress: StartProgress;
  /** Ends whatever is under way. */
  readonly signal?: AbortSignal;
  /** What names without a transport may mean; anyone's images when left out. */
  readonly bareNames?: BareNames | undefined;
  /** All that there are when left out. */
  readonly sources?: typeof SOURCES;
  /** Those of this build when left out. */
  readonly analyzers?: AnalyzerSetup;
}

const ALL_ANALYZERS: AnalyzerSetup = { analyzers: ANALYZERS, workerScript: scriptOf('layer-worker') };

/** Tells whether the author of a pull request chose what lies at a path. */
function isOfAuthor(host: Host): (path: string) => boolean {
  return isInPullRequest(host) ? (path) => isWithin(path, host.checkouts) : () => false;
}

/** Puts the tools together for reading images into a store. */
export function composeTools(
  store: Store,
  settings: SourceSettings,
  host: Host,
  { startProgress, signal, bareNames, sources = SOURCES, analyzers: setup = ALL_ANALYZERS }: ToolOptions,
): Tools {
  const { analyzers, workerScript } = setup;
  const limits = readLimits(settings);
  const registries = new Registries(readRegistryAccess(settings, host), signal);
  const known = settings.reread ? NO_DOCUMENTS : findDocumentsIn(store.surface, settings.tenant);
  const exports = new EngineExports(
    host.temporaryFolder,
    limits,
    (bytes) => startProgress({ bytes, layers: null }),
    signal,
  );
  const resources = new AsyncDisposableStack();
  const context = { limits, host, registries, exports, known, resources, signal };
  const reader = new ThreadedLayerReader({
    limits,
    analyzers: analyzers.layers,
    workerScript,
    inflateScript: scriptOf('inflate-worker'),
    registries,
    ...(signal && { signal }),
    engine: host.environment.VARVE_INFLATE === 'public' ? 'public' : 'auto',
  });
  return {
    opener: createImageOpener(
      sources.flatMap((create) => create(context)),
      limits,
      { names: bareNames, isStranger: isOfAuthor(host) },
    ),
    host: host.platform,
    reader,
    store,
    analyzers,
    limits,
    reread: settings.reread,
    startProgress,
    ...(signal && { signal }),
    [Symbol.asyncDispose]: async () => {
      const parts = [reader, registries, exports, resources];
      await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    },
  };
}
