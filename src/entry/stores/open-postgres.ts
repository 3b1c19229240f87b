import { readConnectionSettings } from '../../adapters/stores/postgres/connection/connection-settings.ts';
import { Database } from '../../adapters/stores/postgres/connection/database.ts';
import { migrate } from '../../adapters/stores/postgres/connection/migrate.ts';
import { PostgresHistoryStore } from '../../adapters/stores/postgres/history-store.ts';
import { PostgresLayerRecords } from '../../adapters/stores/postgres/layer-records.ts';
import { PostgresSurfaceStore } from '../../adapters/stores/postgres/surface-store.ts';
import type { Store } from '../../core/store/store.ts';

/**
 * Opens the store in a PostgreSQL database, whose schema is made or brought up to date. A module of its own, since
 * most runs need no driver.
 * @throws VarveError `bad-option` for a misspelled URL; `unreachable`, `denied`; `unsupported` for a newer schema.
 */
export async function openPostgres(
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<Store & AsyncDisposable> {
  const database = await Database.open(readConnectionSettings(url, environment), undefined, signal);
  try {
    await migrate(database);
  } catch (fault) {
    await database[Symbol.asyncDispose]();
    throw fault;
  }
  const history = new PostgresHistoryStore(database);
  return {
    location: database.location,
    surface: new PostgresSurfaceStore(database),
    layers: new PostgresLayerRecords(database),
    history,
    layerIndex: history,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
