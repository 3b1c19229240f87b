import { VarveError } from '../../../base/errors.ts';
import type { Store } from '../../../core/store/store.ts';
import { type RegistrySettings, Stores } from '../../compose/tools.ts';
import { storeOf } from '../../settings/baseline-setting.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Invocation } from './command.ts';
import { defaultStorePath } from './default-store.ts';

/** The settings of commands that look into a store. */
export type StoreSettings = RegistrySettings & Pick<Settings, 'baseline' | 'cas-root' | 'tenant'>;

/**
 * The store that a command looks into: the CAS root where one is named, else a baseline that is a store, else that of
 * the user. A settings file may name a baseline that is none, for runs.
 * @throws VarveError `bad-option` when the command itself is given such a one.
 */
export function openStore(invocation: Invocation<keyof StoreSettings>): Promise<Store> {
  const { settings, output, resources } = invocation;
  const { baseline, 'cas-root': casRoot } = settings;
  const stores = resources.use(new Stores(output.environment, settings));
  const place = storeOf(baseline);
  if (place === null && casRoot === undefined && invocation.options.baseline !== undefined) {
    throw new VarveError(
      'bad-option',
      `--baseline ${String(invocation.options.baseline)} is no store to look into`,
      {
        hint: 'write dir:PATH, oci://HOST/REPO[:TAG] or postgres://USER@HOST/DATABASE, or name a folder with --cas-root',
      },
    );
  }
  if (casRoot !== undefined || place === null)
    return stores.directory(casRoot ?? defaultStorePath(output.environment));
  return stores.open(place, 'look-up');
}
