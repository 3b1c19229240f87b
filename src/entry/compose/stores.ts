import { SHORT_PATIENCE } from '../../adapters/http/network-options.ts';
import type { EntryCache } from '../../core/cache/entry-cache.ts';
import type { Store } from '../../core/store/store.ts';
import type { Host } from '../host/host.ts';
import { directoryPlace } from '../stores/directory.ts';
import type { StoreCircumstances, StorePlace } from '../stores/store-kind.ts';
import { type NetworkSettings, readRegistryAccess } from './network.ts';
import { openWorkflowCache } from './workflow-cache.ts';

/** Opens stores, each place once; dispose of it to close them. */
export class Stores implements AsyncDisposable {
  readonly #host: Host;
  readonly #settings: NetworkSettings;
  readonly #signal: AbortSignal | undefined;
  readonly #open = new Map<string, Promise<Store>>();
  readonly #resources = new AsyncDisposableStack();
  #cache: Promise<EntryCache | null> | null = null;

  /** @param signal ends whatever is under way. */
  constructor(host: Host, settings: NetworkSettings, signal?: AbortSignal) {
    this.#host = host;
    this.#settings = settings;
    this.#signal = signal;
  }

  /**
   * @param use `look-up` also finds what only old entries of a store in a registry have, which a run has no time for.
   * @throws VarveError when a server cannot be reached, or refuses.
   */
  open(place: StorePlace, use: 'run' | 'look-up' = 'run'): Promise<Store> {
    const store = this.#open.get(place.key) ?? place.open(this.#circumstances(use));
    this.#open.set(place.key, store);
    return store;
  }

  directory(path: string): Promise<Store> {
    return this.open(directoryPlace(path));
  }

  /** An empty store that is gone at the end of the run. */
  async scratch(): Promise<Store> {
    const { openScratch } = await import('../stores/open-scratch.ts');
    return openScratch();
  }

  /**
   * The cache of the workflow that this is a run of; null where there is none. The sooner it is asked for, the sooner
   * it answers.
   * @param saves whether something will be saved too.
   */
  cache(saves: boolean): Promise<EntryCache | null> {
    this.#cache ??= this.#openCache(saves);
    return this.#cache;
  }

  async #openCache(saves: boolean): Promise<EntryCache | null> {
    const cache = await openWorkflowCache(this.#host, saves, this.#signal);
    return cache && this.#resources.use(cache);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  #circumstances(use: 'run' | 'look-up'): StoreCircumstances {
    return {
      host: this.#host,
      access: { ...readRegistryAccess(this.#settings, this.#host), patience: SHORT_PATIENCE },
      resources: this.#resources,
      signal: this.#signal,
      thorough: use === 'look-up',
    };
  }
}
