import { VarveError } from '../../../base/errors.ts';
import type { Store } from '../../../core/store/store.ts';
import type { NetworkSettings } from '../../compose/network.ts';
import { Stores } from '../../compose/stores.ts';
import type { Host } from '../../host/host.ts';
import { listForms, storeOf } from '../../settings/baseline.ts';
import type { Settings } from '../../settings/catalogue.ts';
import type { Invocation } from './command.ts';

/** The settings of commands that look into a store. */
export type StoreSettings = NetworkSettings & Pick<Settings, 'baseline' | 'cas-root'>;

/**
 * The store that a command looks into: the CAS root where one is named, else a baseline that is a store, else that of
 * the user. A settings file may name a baseline that is not a store, for runs.
 * @throws VarveError `bad-option` when the command itself is given such a one.
 */
export function openStore(invocation: Invocation<StoreSettings>): Promise<Store> {
  const { settings, host, resources, signal } = invocation;
  const { baseline, 'cas-root': casRoot } = settings;
  const stores = resources.use(new Stores(host, settings, signal));
  const place = storeOf(baseline);
  if (place === null && casRoot === undefined && invocation.options.baseline !== undefined) {
    throw new VarveError(
      'bad-option',
      `--baseline ${String(invocation.options.baseline)} is not a store to look into`,
      { hint: `write ${listForms()}, or name a folder with --cas-root` },
    );
  }
  if (casRoot !== undefined || place === null) return stores.directory(casRoot ?? userStore(host));
  return stores.open(place, 'look-up');
}

/** The folder of the user's own store. @throws VarveError `bad-option` for a user without a home. */
export function userStore({ storeFolder }: Host): string {
  if (storeFolder !== null) return storeFolder;
  throw new VarveError('bad-option', 'this user has no home folder to keep a store in', {
    hint: 'name a folder for it with --cas-root (VARVE_CAS_ROOT)',
  });
}
