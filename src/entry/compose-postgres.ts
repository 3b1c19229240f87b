import { PostgresHistoryStore } from '../adapters/history-stores/postgres.ts';
import { readConnectionSettings } from '../adapters/postgres/connection-settings.ts';
import { Database } from '../adapters/postgres/database.ts';
import { migrate } from '../adapters/postgres/migrate.ts';
import { PostgresSurfaceStore } from '../adapters/surface-stores/postgres.ts';
import { PostgresLayerRecords } from '../adapters/surface-stores/postgres-layer-records.ts';
import type { Store } from '../core/store.ts';

/**
 * Opens the store in a PostgreSQL database, whose schema is made or brought up to date. A module of its own, since
 * most runs need no driver.
 * @throws VarveError `bad-option` for a misspelt URL; `unreachable`, `denied`; `unsupported` for a newer schema.
 */
export async function openPostgres(
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Store & AsyncDisposable> {
  const database = await Database.open(readConnectionSettings(url, environment));
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
