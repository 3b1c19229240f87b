import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ActionsCache, reachesActionsCache } from '../../adapters/actions-cache/actions-cache.ts';
import { EngineExports } from '../../adapters/engine/engine-exports.ts';
import { nodeFileOperations, unsyncedFileOperations } from '../../adapters/filesystem/file-operations.ts';
import { openStoreDirectory } from '../../adapters/filesystem/store-directory.ts';
import { makeTemporaryFolder } from '../../adapters/filesystem/temporary-folder.ts';
import { GitCheckout } from '../../adapters/git/git-checkout.ts';
import type { GitHubAccess, GitHubCommits } from '../../adapters/github/github-commits.ts';
import { DEFAULT_PATIENCE, type NetworkAccess, SHORT_PATIENCE } from '../../adapters/http/network-access.ts';
import { ThreadedLayerReader } from '../../adapters/layer-readers/threaded-layer-reader.ts';
import { Registries } from '../../adapters/registry/registries.ts';
import type { RegistryAccess } from '../../adapters/registry/registry-access.ts';
import { createEngineSource } from '../../adapters/sources/engine/engine-source.ts';
import { createFileSources } from '../../adapters/sources/files/file-sources.ts';
import { createImageOpener } from '../../adapters/sources/image-opener.ts';
import { findDocumentsIn } from '../../adapters/sources/known-documents.ts';
import { createRegistrySource } from '../../adapters/sources/registry/registry-source.ts';
import { DirectoryHistoryStore } from '../../adapters/stores/directory/history-store.ts';
import { DirectoryLayerRecords } from '../../adapters/stores/directory/layer-records.ts';
import { DirectorySurfaceStore } from '../../adapters/stores/directory/surface-store.ts';
import type { Limits } from '../../base/limits.ts';
import { LAYER_ANALYZERS } from '../../core/analysis/catalogue.ts';
import { describeAnalyzer } from '../../core/analysis/fragment.ts';
import type { EntryCache } from '../../core/cache/entry-cache.ts';
import { formatDockerName } from '../../core/image/docker-name.ts';
import type { Store } from '../../core/store/store.ts';
import { hostPlatform } from '../../core/words/platform.ts';
import type { RevisionTools } from '../../flows/baseline/trace-revision.ts';
import type { LayerTools } from '../../flows/image/analyse-layers.ts';
import type { ImageTools } from '../../flows/image/open-image.ts';
import type { StartProgress } from '../../flows/image/read-layers.ts';
import type { StoreSetting } from '../settings/baseline-setting.ts';
import type { LIMIT_SETTINGS, REGISTRY_SETTINGS, Settings } from '../settings/settings.ts';

type LimitSettings = Pick<Settings, (typeof LIMIT_SETTINGS)[number]>;

/** The settings that say how images are reached, and how much of one may be read. */
export type SourceSettings = LimitSettings & RegistrySettings & Pick<Settings, 'tenant'>;

/** The settings that say how registries are reached. */
export type RegistrySettings = Pick<Settings, (typeof REGISTRY_SETTINGS)[number]>;

type Environment = Readonly<Record<string, string | undefined>>;

/** What the use cases need of the outside, put together; dispose of it to end worker threads. */
export type Tools = ImageTools & LayerTools & AsyncDisposable;

/** Of the faces: beside this module once it is built, a floor above it before. */
const scriptOf = (name: string): URL =>
  new URL(import.meta.url.endsWith('.ts') ? `../${name}.ts` : `./${name}.js`, import.meta.url);

/** Puts the tools together for reading images into a store. */
export function composeTools(
  store: Store,
  settings: SourceSettings,
  environment: Environment,
  startProgress: StartProgress,
): Tools {
  const limits = readLimits(settings);
  const registries = new Registries(readRegistryAccess(settings, environment));
  const known = findDocumentsIn(store.surface, settings.tenant);
  const exports = new EngineExports(environment.RUNNER_TEMP || tmpdir(), (bytes) =>
    startProgress({ bytes, layers: null }),
  );
  const home = environment.HOME ?? homedir();
  const engine = { environment, home, dockerFolder: dockerFolderOf(environment) };
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
      [
        ...createFileSources(limits),
        createEngineSource({ settings: engine, limits, known, exports }),
        createRegistrySource(registries, { limits, known }),
      ],
      limits,
    ),
    host: hostPlatform(process.arch),
    reader,
    store,
    wanted: LAYER_ANALYZERS.map(describeAnalyzer),
    startProgress,
    [Symbol.asyncDispose]: async () => {
      const parts = [reader, registries, exports];
      await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    },
  };
}

/**
 * What tells of commits: the checkout that the process stands in, and GitHub.
 * @param token undefined where GitHub is not to be asked.
 */
export async function composeRevisionTools(
  settings: SourceSettings,
  environment: Environment,
  token: string | undefined,
): Promise<RevisionTools & AsyncDisposable> {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_ACTIONS: onGitHub } = environment;
  const access = onGitHub === 'true' && api && repository && token ? { api, repository, token } : null;
  const server = access && (await openGitHubCommits(access, readRegistryAccess(settings, environment)));
  return {
    checkout: new GitCheckout(process.cwd(), environment),
    server,
    deepening: describeDeepening(environment, server !== null),
    [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
  };
}

async function openGitHubCommits(access: GitHubAccess, network: NetworkAccess): Promise<GitHubCommits> {
  const { GitHubCommits } = await import('../../adapters/github/github-commits.ts');
  return new GitHubCommits(access, network);
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
  #cache: EntryCache | null = null;
  readonly #access: RegistryAccess;

  constructor(environment: Environment, settings: RegistrySettings) {
    this.#environment = environment;
    this.#access = readRegistryAccess(settings, environment);
  }

  /**
   * @param use `look-up` also finds what only old entries of a store in a registry have, which a run has no time for.
   * @throws VarveError when a server cannot be reached, or refuses.
   */
  open(place: StoreSetting, use: 'run' | 'look-up' = 'run'): Promise<Store> {
    const name = nameOfPlace(place);
    const store = this.#open.get(name) ?? this.#openAnew(place, use);
    this.#open.set(name, store);
    return store;
  }

  directory(path: string): Promise<Store> {
    return this.open({ kind: 'dir', path });
  }

  /** An empty store that is gone at the end of the run. */
  async scratch(): Promise<Store> {
    const folder = await makeTemporaryFolder(this.#environment.RUNNER_TEMP || tmpdir(), 'varve-store-');
    return openDirectory(this.#resources.use(folder).path, unsyncedFileOperations);
  }

  /**
   * The cache of the workflow that this is a run of; null where there is none. The sooner it is asked for, the sooner
   * it answers.
   */
  cache({ save }: Pick<Settings, 'save'>): EntryCache | null {
    const environment = this.#environment;
    if (!reachesActionsCache(environment)) return null;
    this.#cache ??= this.#resources.use(
      new ActionsCache({ script: scriptOf('cache-worker'), environment, saves: save }),
    );
    return this.#cache;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  async #openAnew(place: StoreSetting, use: 'run' | 'look-up'): Promise<Store> {
    switch (place.kind) {
      case 'dir':
        return openDirectory(place.path);
      case 'oci': {
        const { openOciStore } = await import('./oci.ts');
        const registries = this.#resources.use(new Registries({ ...this.#access, patience: SHORT_PATIENCE }));
        return openOciStore(registries, place, use === 'look-up');
      }
      case 'postgres': {
        const { openPostgres } = await import('./postgres.ts');
        return this.#resources.use(await openPostgres(place.url, this.#environment));
      }
    }
  }
}

function nameOfPlace(place: StoreSetting): string {
  switch (place.kind) {
    case 'dir':
      return resolve(place.path);
    case 'oci':
      return `oci://${formatDockerName({ ...place, digest: null })}`;
    case 'postgres':
      return place.url;
  }
}

function openDirectory(path: string, operations = nodeFileOperations): Store {
  const directory = openStoreDirectory(path, operations);
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

/** How registries are reached, as settings and environment say. */
export function readRegistryAccess(settings: RegistrySettings, environment: Environment): RegistryAccess {
  // Programs agree on either case; in a CGI-like setting only the lower one of http_proxy is the user's own.
  const proxy = (name: string) => environment[name] ?? environment[name.toUpperCase()] ?? '';
  return {
    caFile: settings.ca ?? null,
    plainHttp: settings['plain-http'],
    credentialsFile: join(dockerFolderOf(environment), 'config.json'),
    proxies: { http: proxy('http_proxy'), https: proxy('https_proxy'), none: proxy('no_proxy') },
    patience: DEFAULT_PATIENCE,
  };
}

function dockerFolderOf(environment: Environment): string {
  return environment.DOCKER_CONFIG || join(environment.HOME ?? homedir(), '.docker');
}

/** How much of one image or artifact may be read. */
export function readLimits(settings: LimitSettings): Limits {
  return {
    layerBytes: settings['max-layer-bytes'],
    layerEntries: settings['max-layer-entries'],
    sparseBytes: settings['max-sparse-bytes'],
    headerBytes: settings['max-header-bytes'],
    jsonBytes: settings['max-json-bytes'],
  };
}
