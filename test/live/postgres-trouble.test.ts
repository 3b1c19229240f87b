import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConnectionSettings } from '../../src/adapters/stores/postgres/connection/connection-settings.ts';
import { Database } from '../../src/adapters/stores/postgres/connection/database.ts';
import { migrate } from '../../src/adapters/stores/postgres/connection/migrate.ts';
import { MIGRATIONS } from '../../src/adapters/stores/postgres/connection/migrations.ts';
import { toVarveError, type VarveError } from '../../src/base/errors.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import { presentError } from '../../src/entry/present-error.ts';
import { collect } from '../contract/surface-store-suite.ts';
import { missingFrom, numberedRun, saveRun } from '../support/numbered-runs.ts';
import { openPostgresStore } from '../support/open-postgres-store.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { PASSWORD, type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { run } from './support/program.ts';

const newPath = temporaryFolder();
const WRITER = join(import.meta.dirname, '../support/postgres-writer.ts');
const SHORT = { statement: 500, lock: 500, inAll: 300_000 };

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres(newPath('postgres'));
  await server.sql('postgres', `CREATE ROLE owner LOGIN PASSWORD '${PASSWORD}'`);
});

afterAll(() => server.stop());

let databases = 0;

/** A database of a test's own, without a schema. */
async function newDatabase(): Promise<string> {
  const name = `trouble_${++databases}`;
  await server.sql('postgres', `CREATE DATABASE ${name} OWNER owner`);
  return name;
}

const urlOf = (database: string, parameters = ''): string => server.url(database, 'owner', parameters);
const settingsOf = (url: string) => readConnectionSettings(url, { HOME: '/nonexistent' });

/** The fault of something that must fail; no form of it may show the password. */
async function faultOf(action: Promise<unknown>): Promise<VarveError> {
  const fault = await action.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  let shown = inspect(fault, { depth: 10, showHidden: true });
  presentError(fault, { write: (text) => (shown += text) });
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(shown).not.toContain(secret);
  return toVarveError(fault);
}

async function saveAnew(url: string): Promise<void> {
  await using store = await openPostgresStore(url);
  await saveRun(store, numberedRun(1));
}

/** A process that saves runs. */
function startWriter(
  url: string,
  first: number,
  count: number,
): { child: ChildProcess; done: Promise<number[]> } {
  const child = spawn(process.execPath, [WRITER, url, String(first), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged = async (): Promise<number[]> => {
    const [printed] = await Promise.all([text(child.stdout ?? []), once(child, 'close')]);
    return printed.split('\n').slice(0, -1).map(Number);
  };
  return { child, done: acknowledged() };
}

async function expectWhole(url: string, numbers: readonly number[]): Promise<void> {
  await using store = await openPostgresStore(url);
  expect(await collect(verifyStore(store))).toEqual([]);
  for (const number of numbers) expect(await missingFrom(store, numberedRun(number))).toEqual([]);
}

describe('processes', () => {
  it('four at once make the schema once', async () => {
    const database = await newDatabase();
    const writers = [0, 1, 2, 3].map((number) => startWriter(urlOf(database), number, 1));
    expect(await Promise.all(writers.map(({ done }) => done))).toEqual([[0], [1], [2], [3]]);
    expect(await server.sql(database, 'SELECT version FROM varve.migrations')).toBe('1\n');
  });

  it('eight at once lose nothing', async () => {
    const database = await newDatabase();
    const writers = Array.from({ length: 8 }, (_, index) => startWriter(urlOf(database), index * 10, 10));
    const saved = (await Promise.all(writers.map(({ done }) => done))).flat();
    expect(saved).toHaveLength(80);
    await expectWhole(urlOf(database), saved);
  });

  it('killed at any moment lose nothing that they acknowledged, and tear nothing', async () => {
    const database = await newDatabase();
    const saved: number[] = [];
    for (let round = 0; round < 6; round++) {
      const writers = [0, 1, 2, 3].map((index) =>
        startWriter(urlOf(database), (4 * round + index) * 100, 100),
      );
      await sleep(400 + 150 * round);
      for (const { child } of writers) child.kill('SIGKILL');
      saved.push(...(await Promise.all(writers.map(({ done }) => done))).flat());
    }
    expect(saved.length).toBeGreaterThan(0);
    expect(saved.length).toBeLessThan(2400);
    await expectWhole(urlOf(database), saved);
  });
});

describe('a server', () => {
  it('that is killed in mid-run and comes back loses nothing, and the run goes on', async () => {
    const database = await newDatabase();
    const writers = [0, 1, 2].map((index) => startWriter(urlOf(database), index * 100, 100));
    await sleep(1500);
    await server.kill();
    await sleep(500);
    await server.start();
    const saved = (await Promise.all(writers.map(({ done }) => done))).flat();
    expect(saved).toHaveLength(300);
    await expectWhole(urlOf(database), saved);
  });

  it('that goes away for good is an error, in bounded time', async () => {
    const other = await startPostgres(newPath('vanishing'));
    const url = other.url('postgres');
    await using store = await openPostgresStore(url);
    await saveRun(store, numberedRun(0));
    await other.kill();
    const fault = await faultOf(saveRun(store, numberedRun(1)));
    expect(fault).toMatchObject({ code: 'unreachable', hint: expect.stringMatching(/server/) });
  });

  it('that is not there is an error at once', async () => {
    const port = await closedPort();
    expect(
      await faultOf(openPostgresStore(`postgres://u:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/d`)),
    ).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
      hint: expect.stringContaining('check host and port'),
    });
    const socket = `postgres://${encodeURIComponent(newPath('absent'))}/d`;
    expect(await faultOf(openPostgresStore(socket))).toMatchObject({ code: 'unreachable' });
  });

  it('that says nothing is given up', async () => {
    await using silent = await openProxy(null);
    const url = `postgres://u@127.0.0.1:${silent.port}/d?connect_timeout=1`;
    expect(await faultOf(openPostgresStore(url))).toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('too slow'),
    });
  });

  it('that stalls in mid-run is given up, and closing does not wait for it', async () => {
    const database = await newDatabase();
    await using proxy = await openProxy(server.port);
    const direct = settingsOf(urlOf(database));
    await using connected = await Database.open({ ...direct, port: proxy.port }, SHORT);
    await migrate(connected);
    proxy.stall();
    expect(
      await faultOf(connected.read('acme', (transaction) => transaction.query('SELECT 1'))),
    ).toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('too slow'),
    });
  });

  it('that speaks another language is an error', async () => {
    await using proxy = await openProxy(null, 'HTTP/1.1 400 Bad Request\r\n\r\n');
    const parameters = '?sslmode=disable&connect_timeout=1';
    expect(
      await faultOf(openPostgresStore(`postgres://u@127.0.0.1:${proxy.port}/d${parameters}`)),
    ).toMatchObject({
      code: 'unreachable',
    });
  });

  it('whose locks are held is given up', async () => {
    const database = await newDatabase();
    const url = urlOf(database);
    await using holder = await Database.open(settingsOf(url));
    await using waiting = await Database.open(settingsOf(url), {
      statement: 20_000,
      lock: 300,
      inAll: 300_000,
    });
    await migrate(holder);
    const lock = 'LOCK TABLE varve.history IN ACCESS EXCLUSIVE MODE';
    await holder.write('acme', async (transaction) => {
      await transaction.query(lock);
      const fault = await faultOf(waiting.read('acme', ({ query }) => query('SELECT FROM varve.history')));
      expect(fault).toMatchObject({ code: 'unreachable', message: expect.stringContaining('lock timeout') });
    });
  });

  it('that takes too long for a statement is told to stop', async () => {
    await using database = await Database.open(settingsOf(urlOf(await newDatabase())), SHORT);
    expect(await faultOf(database.read('acme', ({ query }) => query('SELECT pg_sleep(60)')))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('statement timeout'),
    });
    const one = v.strictObject({ one: v.number() });
    expect(await database.read('acme', ({ rows }) => rows(one, 'SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('whose disk is full says so, keeps what it has, and goes on when there is room', async () => {
    const disk = newPath('disk');
    mkdirSync(disk);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk]);
    try {
      await run('chown', ['postgres', disk]);
      await server.sql('postgres', `CREATE TABLESPACE small LOCATION '${disk}'`);
      const database = await newDatabase();
      await using store = await openPostgresStore(urlOf(database));
      for (const table of ['artefacts', 'history']) {
        await server.sql(database, `ALTER TABLE varve.${table} SET TABLESPACE small`);
      }
      await run('mount', ['-o', 'remount,size=400k', disk]);
      let saved = 0;
      const saveUntilFull = async (): Promise<void> => {
        for (; saved < 5000; saved++) await saveRun(store, numberedRun(saved));
      };
      expect(await faultOf(saveUntilFull())).toMatchObject({
        code: 'store-unwritable',
        message: expect.stringContaining('No space left on device'),
        hint: expect.stringContaining('full'),
      });
      expect(saved).toBeGreaterThan(3);
      const all = Array.from({ length: saved }, (_, number) => number);
      await expectWhole(urlOf(database), all);
      await run('mount', ['-o', 'remount,size=60m', disk]);
      await saveRun(store, numberedRun(saved));
      await expectWhole(urlOf(database), [...all, saved]);
      await store[Symbol.asyncDispose]();
      await server.sql('postgres', `DROP DATABASE ${database} WITH (FORCE)`);
      await server.sql('postgres', 'DROP TABLESPACE small');
    } finally {
      await run('umount', [disk]);
    }
  });
});

describe('a role', () => {
  it.each<[string, (database: string) => string, string]>([
    [
      'with another password',
      (database) => urlOf(database).replace(encodeURIComponent(PASSWORD), 'wrong'),
      'denied',
    ],
    ['without a password', (database) => urlOf(database).replace(/:[^:@]*@/, '@'), 'denied'],
    ['that is not there', (database) => server.url(database, 'nobody'), 'denied'],
    ['of a database that is not there', () => urlOf('absent'), 'unreachable'],
  ])('%s is refused', async (_, url, code) => {
    const fault = await faultOf(openPostgresStore(url(await newDatabase())));
    expect(fault).toMatchObject({ code, hint: expect.any(String) });
    expect(fault.message).not.toContain('wrong');
  });

  it('that may only read can read, and says why it cannot write', async () => {
    const database = await newDatabase();
    await using owner = await openPostgresStore(urlOf(database));
    await saveRun(owner, numberedRun(0));
    await server.sql(
      database,
      `CREATE ROLE reader LOGIN PASSWORD '${PASSWORD}'; GRANT USAGE ON SCHEMA varve TO reader;
       GRANT SELECT ON ALL TABLES IN SCHEMA varve TO reader`,
    );
    await using reader = await openPostgresStore(server.url(database, 'reader'));
    expect(await missingFrom(reader, numberedRun(0))).toEqual([]);
    expect(await collect(verifyStore(reader))).toEqual([]);
    expect(await faultOf(saveRun(reader, numberedRun(1)))).toMatchObject({
      code: 'store-unwritable',
      hint: expect.stringContaining('grant the role INSERT'),
    });
  });

  it('whose transactions are read-only says so', async () => {
    const database = await newDatabase();
    await using owner = await openPostgresStore(urlOf(database));
    await saveRun(owner, numberedRun(0));
    await server.sql(database, 'ALTER ROLE owner SET default_transaction_read_only = on');
    try {
      await using store = await openPostgresStore(urlOf(database));
      expect(await missingFrom(store, numberedRun(0))).toEqual([]);
      expect(await faultOf(saveRun(store, numberedRun(1)))).toMatchObject({
        code: 'store-unwritable',
        hint: expect.stringContaining('--no-save'),
      });
    } finally {
      await server.sql(database, 'ALTER ROLE owner RESET default_transaction_read_only');
    }
  });

  it('that may not make the schema says so', async () => {
    const database = await newDatabase();
    await server.sql(database, `CREATE ROLE guest LOGIN PASSWORD '${PASSWORD}'`);
    expect(await faultOf(openPostgresStore(server.url(database, 'guest')))).toMatchObject({
      code: 'store-unwritable',
      message: expect.stringContaining('permission denied for database'),
    });
  });
});

describe('the schema', () => {
  it.each([
    ['version', 'DELETE FROM varve.migrations'],
    ['versions', 'DROP TABLE varve.migrations'],
    ['history', 'DROP TABLE varve.history CASCADE'],
    ['items', 'DROP TABLE varve.artefacts CASCADE'],
    ['column', 'ALTER TABLE varve.history DROP COLUMN name CASCADE'],
  ])('that lost its %s is damaged, and that is no fault in Varve', async (_, loss) => {
    const database = await newDatabase();
    const url = urlOf(database);
    await using whole = await openPostgresStore(url);
    await saveRun(whole, numberedRun(0));
    await server.sql(database, loss);
    const { status, stderr } = await runVarve(['surface', 'verify', '--baseline', url]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/^varve: malformed: postgres:\S+ is damaged: .*\n {2}hint: /),
    ]);
    expect(await faultOf(saveAnew(url))).toMatchObject({ code: 'malformed' });
  });

  it('of a newer program is refused, and left alone', async () => {
    const database = await newDatabase();
    await using connected = await Database.open(settingsOf(urlOf(database)));
    await migrate(connected, [...MIGRATIONS, 'CREATE TABLE varve.of_the_future ()']);
    expect(await faultOf(openPostgresStore(urlOf(database)))).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('version 2'),
      hint: expect.stringContaining('newer Varve'),
    });
  });

  it('is brought forward from any version, all or nothing', async () => {
    const database = await newDatabase();
    await using connected = await Database.open(settingsOf(urlOf(database)));
    await migrate(connected);
    const broken = [...MIGRATIONS, 'CREATE TABLE varve.second ()', 'CREATE TABLE varve.second ()'];
    await expect(migrate(connected, broken)).rejects.toMatchObject({ code: 'malformed' });
    expect(
      await server.sql(database, "SELECT max(version), to_regclass('varve.second') FROM varve.migrations"),
    ).toBe('1|\n');
    await migrate(connected, [...broken.slice(0, 2), 'CREATE TABLE varve.third ()']);
    expect(
      await server.sql(database, "SELECT max(version), to_regclass('varve.third') FROM varve.migrations"),
    ).toBe('3|varve.third\n');
  });
});

async function closedPort(): Promise<number> {
  await using proxy = await openProxy(null);
  return proxy.port;
}

/** A server that passes everything on to a port of this machine; to none, it answers with what it is told to, if at all. */
async function openProxy(
  to: number | null,
  answer = '',
): Promise<AsyncDisposable & { port: number; stall(): void }> {
  const { connect } = await import('node:net');
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy());
  };
  const proxy: Server = createServer((socket) => {
    keep(socket);
    if (to === null) socket.on('data', () => answer !== '' && socket.write(answer));
    else socket.pipe(keep(connect(to, '127.0.0.1'))).pipe(socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stall: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
