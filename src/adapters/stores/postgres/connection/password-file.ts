import { statSync } from 'node:fs';
import { readAtOnce } from '../../../../base/read-file.ts';
import type { ConnectionSettings } from './connection-settings.ts';

/**
 * The password that libpq's password file has for a connection; null where it has none, or others may read the file.
 * @see https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function readPasswordFile(
  settings: Pick<ConnectionSettings, 'passwordFile' | 'host' | 'port' | 'user' | 'database'>,
): string | null {
  const text = readPrivateFile(settings.passwordFile);
  if (text === null) return null;
  const host = settings.host.startsWith('/') ? 'localhost' : settings.host;
  const wanted = [host, String(settings.port), settings.database, settings.user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = splitFields(line);
    const password = fields[4];
    if (password !== undefined && wanted.every((each, at) => fields[at] === '*' || fields[at] === each)) {
      return password;
    }
  }
  return null;
}

/** Fields stand between colons; a backslash makes a colon or backslash part of one. */
function splitFields(line: string): string[] {
  const fields = line.match(/(?:\\.|[^:\\])*(?::|$)/g) ?? [];
  return fields.map((field) => field.replace(/:$/, '').replaceAll(/\\(.)/g, '$1'));
}

function readPrivateFile(path: string): string | null {
  try {
    const { mode } = statSync(path);
    // As libpq does, what group or others may read is not used.
    return (mode & 0o077) === 0 ? readAtOnce(path).toString('utf8') : null;
  } catch {
    return null;
  }
}
