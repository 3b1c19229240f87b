import { VarveError } from '../../base/errors.ts';
import { Stores } from '../compose/stores.ts';
import { listForms, parseBaseline, storeOf } from '../settings/baseline.ts';
import { makeCall } from './call.ts';
import type { CallOptions } from './options.ts';
import type { Store } from './ports.ts';
import type { HistorySettings } from './settings.ts';

/**
 * Opens a store by its place: `dir:PATH`, `oci://HOST/REPO[:TAG]` or `postgres://USER@HOST/DATABASE`. Dispose of it to
 * close it.
 * @throws VarveError `bad-option` for anything else; `unreachable`, `denied`.
 */
export async function openStore(
  place: string,
  settings: Pick<HistorySettings, 'ca' | 'plain-http'> = {},
  options: CallOptions = {},
): Promise<Store & AsyncDisposable> {
  const found = storeOf(parseBaseline(place));
  if (found === null) {
    throw new VarveError('bad-option', `${place} is not a store`, {
      object: place,
      hint: `write ${listForms()}`,
    });
  }
  return makeCall('history', settings, options, async ({ host, signal, settings: network, resources }) => {
    const stores = resources.use(new Stores(host, network, signal));
    const { location, surface, layers, history, layerIndex } = await stores.open(found, 'look-up');
    // It is the caller's to close from here on.
    const held = resources.move();
    return {
      ...{ location, surface, layers, history, ...(layerIndex && { layerIndex }) },
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    };
  });
}
