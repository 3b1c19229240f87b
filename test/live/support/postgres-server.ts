import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { findPostgres } from '../../support/find-postgres.ts';
import { ensurePackages } from './debian-packages.ts';
import { attempt, type Background, run, startBackground } from './program.ts';

/** A PostgreSQL server of the tests' own, on a Unix socket and on loopback. */
export interface PostgresServer {
  readonly port: number;
  /** Folder of its socket. */
  readonly socketFolder: string;
  /** Folder of its data. */
  readonly data: string;
  /** File of all that it says. */
  readonly log: string;
  /** A URL of a database, over TCP. The superuser's name and password by default. */
  url(database: string, role?: string, parameters?: string): string;
  /** Runs SQL as the superuser and gives what psql prints, unaligned and without headings. */
  sql(database: string, text: string): Promise<string>;
  /** Kills the server and all its processes as a power cut would, and waits until they are gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Every role of these servers has this password. */
export const PASSWORD = 'pa:ss/wörd@%';
const SUPERUSER = 'root_of_tests';

/**
 * Makes and starts the machine's PostgreSQL, or else Debian's, below a folder, which is made. Where the tests are root,
 * it runs as another user, since it refuses to run as root.
 * @param settings lines for postgresql.conf.
 */
export async function startPostgres(
  folder: string,
  settings: readonly string[] = [],
): Promise<PostgresServer> {
  if (findPostgres() === null) await ensurePackages('postgresql');
  const programs = findPostgres();
  if (programs === null) throw new Error('no PostgreSQL was installed');
  const psql = join(programs, 'psql');
  const data = join(folder, 'data');
  const socketFolder = join(folder, 'socket');
  const log = join(folder, 'log');
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  mkdirSync(socketFolder);
  writeFileSync(join(folder, 'password'), PASSWORD);
  const user = userOfServer();
  if (user !== null) {
    // Temporary folders are closed to other users.
    for (const each of [dirname(folder), folder]) chmodSync(each, 0o755);
    await run('chown', ['-R', user, folder]);
  }
  const asPostgres = (name: string, args: readonly string[]) => {
    const program = join(programs, name);
    if (user === null) return [program, args] as const;
    return ['setpriv', [`--reuid=${user}`, '--regid=nogroup', '--clear-groups', program, ...args]] as const;
  };
  const options = ['-D', data, '-U', SUPERUSER, `--pwfile=${join(folder, 'password')}`];
  await run(...asPostgres('initdb', [...options, '--auth=scram-sha-256', '--encoding=UTF8', '--no-sync']));
  const lines = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    `unix_socket_directories = '${socketFolder}'`,
    'max_connections = 60',
    ...settings,
  ];
  writeFileSync(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`);

  const connection = ['--host', socketFolder, '--port', String(port), '--username', SUPERUSER];
  const env = { PGPASSWORD: PASSWORD };
  let server: Background | null = null;
  const start = async (): Promise<void> => {
    server = await startBackground(...asPostgres('postgres', ['-D', data]), join(folder, 'log'), async () => {
      const asked = await attempt(psql, [...connection, '-c', 'SELECT 1', 'postgres'], { env });
      return asked.status === 0;
    });
  };
  await start();
  return {
    port,
    socketFolder,
    data,
    log,
    url: (database, role = SUPERUSER, parameters = '') =>
      `postgres://${role}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}${parameters}`,
    sql: (database, text) =>
      run(psql, [...connection, '-v', 'ON_ERROR_STOP=1', '-qXAt', '-c', text, database], { env }),
    kill: async () => {
      await killServer(data);
      await server?.stop();
    },
    start,
    stop: async () => server?.stop(),
  };
}

async function killServer(data: string): Promise<void> {
  const [pid = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  const { stdout } = await attempt('ps', ['--ppid', pid, '-o', 'pid=']);
  const pids = [pid, ...stdout.split('\n').map((line) => line.trim())].filter((each) => each !== '');
  for (const each of pids) {
    try {
      process.kill(Number(each), 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
}

/** Whom the server runs as; null for the user of the tests. */
function userOfServer(): string | null {
  if (process.getuid?.() !== 0) return null;
  return /^postgres:/m.test(readFileSync('/etc/passwd', 'utf8')) ? 'postgres' : 'nobody';
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
