import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { openStoreDirectory } from '../adapters/filesystem/store-directory.ts';
import { GitCheckout } from '../adapters/git/git-checkout.ts';
import { GitHubCommits } from '../adapters/github/github-commits.ts';
import { DirectoryHistoryStore } from '../adapters/history-stores/directory.ts';
import { ThreadedLayerReader } from '../adapters/layer-readers/threaded-layer-reader.ts';
import { Registries } from '../adapters/registry/registries.ts';
import { DEFAULT_PATIENCE, type RegistryAccess } from '../adapters/registry/registry-access.ts';
import { createFileSources } from '../adapters/sources/file-sources.ts';
import { createImageOpener } from '../adapters/sources/image-opener.ts';
import { findConfigsIn } from '../adapters/sources/known-configs.ts';
import { createRegistrySource } from '../adapters/sources/registry-source.ts';
import { DirectorySurfaceStore } from '../adapters/surface-stores/directory.ts';
import { DirectoryLayerRecords } from '../adapters/surface-stores/directory-layer-records.ts';
import type { Limits } from '../base/limits.ts';
import { LAYER_ANALYZERS } from '../core/analysis/catalogue.ts';
import { describeAnalyzer } from '../core/analysis/fragment-key.ts';
import { hostPlatform } from '../core/image/platform.ts';
import type { Store } from '../core/store.ts';
import type { LayerTools, StartProgress } from '../flows/analyse-layers.ts';
import type { ImageTools } from '../flows/open-image.ts';
import type { RevisionTools } from '../flows/trace-revision.ts';
import type { StoreSetting } from './settings/baseline-setting.ts';
import type { LIMIT_SETTINGS, REGISTRY_SETTINGS, Settings } from './settings/settings.ts';

type LimitSettings = Pick<Settings, (typeof LIMIT_SETTINGS)[number]>;

/** The settings that say how images are reached, and how much of one may be read. */
export type SourceSettings = LimitSettings & Pick<Settings, (typeof REGISTRY_SETTINGS)[number] | 'tenant'>;

type Environment = Readonly<Record<string, string | undefined>>;

/** What the use cases need of the outside, put together; dispose of it to end worker threads. */
export type Tools = ImageTools & LayerTools & AsyncDisposable;

/** Beside this module, built or not. */
const scriptOf = (name: string): URL =>
  new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Puts the tools together for reading images into a store. */
export function composeTools(
  store: Store,
  settings: SourceSettings,
  environment: Environment,
  startProgress: StartProgress,
): Tools {
  const limits = readLimits(settings);
  const registries = new Registries(readRegistryAccess(settings, environment));
  const knownConfigs = findConfigsIn(store.surface, settings.tenant);
  const reader = new ThreadedLayerReader({
    limits,
    analyzers: LAYER_ANALYZERS,
    workerScript: scriptOf('layer-worker'),
    inflateScript: scriptOf('inflate-worker'),
    registries,
    engine: environment.VARVE_INFLATE === 'public' ? 'public' : 'auto',
  });
  return {
    opener: createImageOpener(
      [...createFileSources(limits), createRegistrySource(registries, { limits, knownConfigs })],
      limits,
    ),
    host: hostPlatform(process.arch),
    reader,
    store,
    wanted: LAYER_ANALYZERS.map(describeAnalyzer),
    startProgress,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([reader[Symbol.asyncDispose](), registries[Symbol.asyncDispose]()]);
    },
  };
}

/**
 * What tells of commits: the checkout that the process stands in, and GitHub.
 * @param token undefined where GitHub is not to be asked.
 */
export function composeRevisionTools(
  settings: SourceSettings,
  environment: Environment,
  token: string | undefined,
): RevisionTools & AsyncDisposable {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_ACTIONS: onGitHub } = environment;
  const server =
    onGitHub === 'true' && api && repository && token
      ? new GitHubCommits({ api, repository, token }, readRegistryAccess(settings, environment))
      : null;
  return {
    checkout: new GitCheckout(process.cwd(), environment),
    server,
    deepening: describeDeepening(environment, server !== null),
    [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
  };
}

/** What a user changes to have more history, where the run is. */
function describeDeepening({ GITHUB_ACTIONS, GITLAB_CI }: Environment, asking: boolean): string {
  if (GITHUB_ACTIONS === 'true') return asking ? 'fetch-depth: 50' : 'fetch-depth: 50, or a github-token,';
  return GITLAB_CI === 'true' ? 'GIT_DEPTH: 50' : 'git fetch --deepen=50';
}

/** Opens stores, each place once; dispose of it to close them. */
export class Stores implements AsyncDisposable {
  readonly #environment: Environment;
  readonly #open = new Map<string, Promise<Store>>();
  readonly #resources = new AsyncDisposableStack();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** @throws VarveError when a server cannot be reached, or refuses. */
  open(place: StoreSetting): Promise<Store> {
    const name = place.kind === 'dir' ? resolve(place.path) : place.url;
    const store = this.#open.get(name) ?? this.#openAnew(place);
    this.#open.set(name, store);
    return store;
  }

  directory(path: string): Promise<Store> {
    return this.open({ kind: 'dir', path });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  async #openAnew(place: StoreSetting): Promise<Store> {
    switch (place.kind) {
      case 'dir':
        return openDirectory(place.path);
      case 'postgres': {
        const { openPostgres } = await import('./compose-postgres.ts');
        return this.#resources.use(await openPostgres(place.url, this.#environment));
      }
    }
  }
}

function openDirectory(path: string): Store {
  const directory = openStoreDirectory(path);
  const surface = new DirectorySurfaceStore(directory, Date.now);
  const history = new DirectoryHistoryStore(directory, surface);
  return {
    location: directory.location,
    surface,
    layers: new DirectoryLayerRecords(directory),
    history,
    layerIndex: history,
  };
}

function readRegistryAccess(settings: SourceSettings, environment: Environment): RegistryAccess {
  // Programs agree on either case; in a CGI-like setting only the lower one of http_proxy is the user's own.
  const proxy = (name: string) => environment[name] ?? environment[name.toUpperCase()] ?? '';
  const dockerFolder = environment.DOCKER_CONFIG ?? join(environment.HOME ?? homedir(), '.docker');
  return {
    caFile: settings.ca ?? null,
    plainHttp: settings['plain-http'],
    credentialsFile: join(dockerFolder, 'config.json'),
    proxies: { http: proxy('http_proxy'), https: proxy('https_proxy'), none: proxy('no_proxy') },
    patience: DEFAULT_PATIENCE,
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
