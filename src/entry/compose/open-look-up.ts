import { readThrough } from '../../core/store/read-through.ts';
import type { Store } from '../../core/store/store.ts';
import type { Host } from '../host/host.ts';
import { userStore } from '../host/user-store.ts';
import { storeOf } from '../settings/baseline.ts';
import type { Settings } from '../settings/catalogue.ts';
import type { StorePlace } from '../stores/store-kind.ts';
import type { NetworkSettings } from './network.ts';
import { Stores } from './stores.ts';
import { CACHE_ROOT, openSurfaceCache } from './surface-cache.ts';

/** The caller that looks into a store: a command, or a call of the library. */
export interface LookUp {
  readonly settings: NetworkSettings & Pick<Settings, 'baseline' | 'cas-root'>;
  readonly host: Host;
  readonly signal: AbortSignal;
  /** Takes what must be closed. */
  readonly resources: AsyncDisposableStack;
}

/**
 * The store that is looked into, through the cache in `SCANNER_SURFACE_CACHE_ROOT` where it is on a server and that is
 * set: the CAS root where one is named, else a baseline that is a store, else that of the user.
 * A settings file may name a baseline that is not a store, for runs.
 * @param named the store that is looked into, whatever the settings say.
 */
export async function openLookUp(
  { settings, host, signal, resources }: LookUp,
  named: StorePlace | null = null,
): Promise<Store> {
  const stores = resources.use(new Stores(host, settings, signal));
  if (named !== null) return cached(await stores.open(named, 'look-up'), named, host);
  const { baseline, 'cas-root': casRoot } = settings;
  const place = storeOf(baseline);
  if (casRoot !== undefined || place === null) return stores.directory(casRoot ?? userStore(host));
  return cached(await stores.open(place, 'look-up'), place, host);
}

function cached(store: Store, place: StorePlace, { environment }: Host): Store {
  const isRemote = !place.key.startsWith('dir:');
  if (!isRemote || !environment[CACHE_ROOT]) return store;
  return { ...store, surface: readThrough(store.surface, openSurfaceCache({}, environment)) };
}
