import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { VarveError } from '../../../../base/errors.ts';
import { type ConnectionUrl, parseConnectionUrl } from './connection-url.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How much TLS is asked for, in libpq's words. */
export type SslMode = (typeof SSL_MODES)[number];

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** All that leads to a database. What the URL leaves out comes from libpq's variables, then from libpq's defaults. */
export interface ConnectionSettings {
  /** How a user names the database, without a password. */
  readonly location: string;
  /** A host name or address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Null where the password file must tell. */
  readonly password: string | null;
  readonly passwordFile: string;
  readonly sslMode: SslMode;
  /** File of the authorities that the server's certificate may come from; `system` for the machine's; null for libpq's. */
  readonly rootCertificate: string | null;
  /** Files of a certificate of this side and its key. */
  readonly certificate: string | null;
  readonly key: string | null;
  /** libpq's folder for certificates. */
  readonly certificateFolder: string;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

const CONNECT_TIMEOUT = 10_000;

/**
 * Reads `postgres://[USER[:PASSWORD]@][HOST][:PORT][/DATABASE][?NAME=VALUE…]`.
 * @throws VarveError `bad-option`; none of its words come from the URL, which may hold a password.
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function readConnectionSettings(url: string, environment: Environment): ConnectionSettings {
  const parsed = parseConnectionUrl(url);
  const find = (parameter: string, variable: string): string | null =>
    parsed.parameters.get(parameter) || environment[variable] || null;
  const host = parsed.host ?? find('host', 'PGHOST') ?? 'localhost';
  const port = readPort(parsed.port ?? find('port', 'PGPORT') ?? '5432');
  const user = parsed.user ?? find('user', 'PGUSER') ?? userInfo().username;
  const database = parsed.database ?? find('dbname', 'PGDATABASE') ?? user;
  const home = environment.HOME || homedir();
  return {
    location: describe(user, host, port, database),
    host,
    port,
    user,
    database,
    password: findPassword(parsed, environment),
    passwordFile: find('passfile', 'PGPASSFILE') ?? join(home, '.pgpass'),
    sslMode: readSslMode(find('sslmode', 'PGSSLMODE') ?? 'prefer'),
    rootCertificate: find('sslrootcert', 'PGSSLROOTCERT'),
    certificate: find('sslcert', 'PGSSLCERT'),
    key: find('sslkey', 'PGSSLKEY'),
    certificateFolder: join(home, '.postgresql'),
    connectTimeout: readTimeout(find('connect_timeout', 'PGCONNECT_TIMEOUT')),
  };
}

function findPassword({ password, parameters }: ConnectionUrl, environment: Environment): string | null {
  return password ?? parameters.get('password') ?? (environment.PGPASSWORD || null);
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port;
  throw new VarveError('bad-option', 'the port of the PostgreSQL server is not a number from 1 to 65535', {
    hint: 'a password with other characters than letters and digits must be percent-encoded in the URL',
  });
}

function readSslMode(text: string): SslMode {
  const mode = SSL_MODES.find((each) => each === text);
  if (mode !== undefined) return mode;
  throw new VarveError('bad-option', 'the sslmode for PostgreSQL is not valid', {
    hint: `use one of ${SSL_MODES.join(', ')}`,
  });
}

/** In seconds as libpq has it; 0 waits for ever there, which nothing here does. */
function readTimeout(text: string | null): number {
  if (text === null) return CONNECT_TIMEOUT;
  if (!/^\d{1,5}$/.test(text)) {
    throw new VarveError('bad-option', 'the connect_timeout for PostgreSQL is not a number of seconds', {
      hint: 'such as connect_timeout=10',
    });
  }
  return Number(text) === 0 ? CONNECT_TIMEOUT : Number(text) * 1000;
}

function describe(user: string, host: string, port: number, database: string): string {
  const [who, what] = [encodeURIComponent(user), encodeURIComponent(database)];
  const suffix = port === 5432 ? '' : `:${port}`;
  if (host.startsWith('/')) return `postgres://${who}@${encodeURIComponent(host)}${suffix}/${what}`;
  return `postgres://${who}@${host.includes(':') ? `[${host}]` : host}${suffix}/${what}`;
}
