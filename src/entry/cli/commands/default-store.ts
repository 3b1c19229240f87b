import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The CAS root of the command line where none is named: one a user, so that what was read once is known everywhere.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultStorePath(environment: Readonly<Record<string, string | undefined>>): string {
  const data = environment.XDG_DATA_HOME;
  return data?.startsWith('/') ? join(data, 'varve') : join(homedir(), '.local', 'share', 'varve');
}
