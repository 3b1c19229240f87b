import type { Store } from '../../core/store/store.ts';
import type { Host } from '../host/host.ts';
import { userStore } from '../host/user-store.ts';
import { storeOf } from '../settings/baseline.ts';
import type { Settings } from '../settings/catalogue.ts';
import type { StorePlace } from '../stores/store-kind.ts';
import type { NetworkSettings } from './network.ts';
import { Stores } from './stores.ts';

/** The caller that looks into a store: a command, or a call of the library. */
export interface LookUp {
  readonly settings: NetworkSettings & Pick<Settings, 'baseline' | 'cas-root'>;
  readonly host: Host;
  readonly signal: AbortSignal;
  /** Takes what must be closed. */
  readonly resources: AsyncDisposableStack;
}

/**
 * The store that is looked into: the CAS root where one is named, else a baseline that is a store, else that of the user.
 * A settings file may name a baseline that is not a store, for runs.
 * @param named the store that is looked into, whatever the settings say.
 */
export function openLookUp(
  { settings, host, signal, resources }: LookUp,
  named: StorePlace | null = null,
): Promise<Store> {
  const stores = resources.use(new Stores(host, settings, signal));
  if (named !== null) return stores.open(named, 'look-up');
  const { baseline, 'cas-root': casRoot } = settings;
  const place = storeOf(baseline);
  if (casRoot !== undefined || place === null) return stores.directory(casRoot ?? userStore(host));
  return stores.open(place, 'look-up');
}
