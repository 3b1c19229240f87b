import type { Store } from '../../core/store.ts';
import { type RegistrySettings, Stores } from '../compose.ts';
import { storeOf } from '../settings/baseline-setting.ts';
import type { Settings } from '../settings/settings.ts';
import type { Invocation } from './command.ts';
import { defaultStorePath } from './default-store.ts';

/** The settings of commands that look into a store. */
export type StoreSettings = RegistrySettings & Pick<Settings, 'baseline' | 'cas-root' | 'tenant'>;

/** The store that a command looks into: the CAS root where one is named, else a baseline that is a store. */
export function openStore(invocation: Invocation<keyof StoreSettings>): Promise<Store> {
  const { settings, output, resources } = invocation;
  const { baseline, 'cas-root': casRoot } = settings;
  const stores = resources.use(new Stores(output.environment, settings));
  const place = storeOf(baseline);
  if (casRoot !== undefined || place === null)
    return stores.directory(casRoot ?? defaultStorePath(output.environment));
  return stores.open(place, 'look-up');
}
