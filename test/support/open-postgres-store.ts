import { openPostgres } from '../../src/entry/stores/open-postgres.ts';

/** A store in a database, as the faces open it, in an environment that says nothing of its own. */
export function openPostgresStore(url: string): ReturnType<typeof openPostgres> {
  return openPostgres(url, { HOME: '/dev/null/nobody' });
}
