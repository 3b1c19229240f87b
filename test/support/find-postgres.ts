import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps the programs of each version. */
const DEBIAN = '/usr/lib/postgresql';

/** The folder of the newest PostgreSQL server on this machine; null for none. */
export function findPostgres(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/pgsql/bin',
  ];
  return folders.find((folder) => ['initdb', 'postgres', 'psql'].every(hasIn(folder))) ?? null;
}

const hasIn = (folder: string) => (program: string) => existsSync(join(folder, program));
