import type { CallOptions } from './options.ts';
import type { Store } from './ports.ts';
import type { HistorySettings } from './settings.ts';
/**
 * Opens a store by its place: `dir:PATH`, `oci://HOST/REPO[:TAG]` or `postgres://USER@HOST/DATABASE`. Dispose of it to
 * close it.
 * @throws VarveError `bad-option` for anything else; `unreachable`, `denied`.
 */
export declare function openStore(place: string, settings?: Pick<HistorySettings, 'ca' | 'plain-http'>, options?: CallOptions): Promise<Store & AsyncDisposable>;
