import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import * as v from 'valibot';
import { VarveError } from '../../../../base/errors.ts';
import { parseTenant } from '../../../../core/words/names.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { databaseFault, isEncryptionRefused, isPassing } from './database-faults.ts';
import { type Encryption, encryptionsOf } from './encryption.ts';
import { guardAnswers } from './guard-answers.ts';
import { readPasswordFile } from './password-file.ts';

/** Connections of one process at most; more would gain nothing for it, and take from others. */
const CONNECTIONS = 4;
/** Milliseconds between tries when the server goes away, 10 seconds in all. */
const DELAYS = [100, 200, 400, 800, 1600, 3200, 3700];
/** The slowest transfer that is waited for, in bytes a millisecond. */
const SLOWEST = 500;
/** In place of a tenant: sees the rows of all of them, and may change none. */
export const ALL_TENANTS = '*';

/** Milliseconds. */
export interface Timeouts {
  /** How long a statement may take, in addition to the time for the bytes that it moves. */
  readonly statement: number;
  /** How long to wait for what another writer has locked. */
  readonly lock: number;
  /** How long all statements may take together; each adds a part of it. */
  readonly inAll: number;
}

const TIMEOUTS: Timeouts = { statement: 60_000, lock: 30_000, inAll: 300_000 };
/** The part of the time for all that each statement adds to it, a second: long work runs out only where it is slow. */
const EARNED = 1 / 300;

/** Statements that succeed or fail together, as a tenant that row-level security holds them to. */
export interface Transaction {
  query(text: string, values?: readonly unknown[]): Promise<void>;
  /** @throws VarveError `malformed` for rows of another form. */
  rows<R>(row: v.GenericSchema<unknown, R>, text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Goes on as another tenant. */
  actAs(tenant: string): Promise<void>;
}

/** A statement with a time-out of its own, which the driver takes and its types do not tell. */
interface TimedQuery extends pg.QueryConfig {
  readonly query_timeout: number;
}

/** A PostgreSQL database behind a few connections, which are opened as they are needed. */
export class Database implements AsyncDisposable {
  readonly location: string;
  readonly #timeouts: Timeouts;
  readonly #pool: pg.Pool;
  readonly #sockets = new Set<Socket>();
  readonly #signal: AbortSignal | undefined;
  /** Whether the server has answered; what fails before is not tried again. */
  #reached = false;
  /** Milliseconds: a server that answers each statement in the nick of time is too slow. */
  #patience: number;

  private constructor(
    settings: ConnectionSettings,
    encryption: Encryption,
    timeouts: Timeouts,
    signal: AbortSignal | undefined,
  ) {
    this.location = settings.location;
    this.#timeouts = timeouts;
    this.#patience = timeouts.inAll;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#endSockets);
    this.#pool = new pg.Pool({
      max: CONNECTIONS,
      host: settings.host,
      port: settings.port,
      user: settings.user,
      database: settings.database,
      ssl: encryption,
      application_name: 'varve',
      keepAlive: true,
      stream: () => this.#openSocket(),
      Client: clientOf(settings),
    });
    // A connection that breaks fails the statement that uses it; that is where it is dealt with.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Connects as the settings say, in each way of encryption that they allow.
   * @param signal ends whatever is under way, with its reason.
   * @throws VarveError `unreachable`, `denied`.
   */
  static async open(
    settings: ConnectionSettings,
    timeouts: Timeouts = TIMEOUTS,
    signal?: AbortSignal,
  ): Promise<Database> {
    let last: unknown;
    for (const encryption of encryptionsOf(settings)) {
      const database = new Database(settings, encryption, timeouts, signal);
      try {
        await database.#retrying(false, async (client) => client.query('SELECT 1'));
        return database;
      } catch (fault) {
        await database[Symbol.asyncDispose]();
        last = fault;
        if (!(fault instanceof VarveError) || !isEncryptionRefused(fault.cause)) break;
      }
    }
    throw last;
  }

  /**
   * Reads as a tenant, or as all of them.
   * @param bytes how much will be moved at most, for the time-out.
   * @throws VarveError `unreachable`, `denied`.
   */
  read<T>(tenant: string, work: (transaction: Transaction) => Promise<T>, bytes = 0): Promise<T> {
    return this.#transact(tenant, 'REPEATABLE READ READ ONLY', work, bytes);
  }

  /**
   * Writes as a tenant; all is durable on return. The work may be done twice, when the server goes away meanwhile.
   * @throws VarveError `store-unwritable`, `unreachable`, `denied`.
   */
  write<T>(tenant: string, work: (transaction: Transaction) => Promise<T>, bytes = 0): Promise<T> {
    return this.#transact(tenant, 'READ COMMITTED', work, bytes);
  }

  /** Ends all connections, those in the midst of something too. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#pool.ending) return;
    this.#signal?.removeEventListener('abort', this.#endSockets);
    const ended = this.#pool.end();
    if (!this.#signal?.aborted) await Promise.race([ended, sleep(1000, undefined, { ref: false })]);
    this.#endSockets();
  }

  readonly #endSockets = (): void => {
    for (const socket of this.#sockets) socket.destroy();
  };

  #transact<T>(
    tenant: string,
    mode: 'REPEATABLE READ READ ONLY' | 'READ COMMITTED',
    work: (transaction: Transaction) => Promise<T>,
    bytes: number,
  ): Promise<T> {
    const transfer = Math.ceil(bytes / SLOWEST);
    const limit = this.#timeouts.statement + transfer;
    const begin = [
      `BEGIN ISOLATION LEVEL ${mode}`,
      `SET LOCAL statement_timeout = ${limit}`,
      // What is asked takes less than starting workers does.
      'SET LOCAL max_parallel_workers_per_gather = 0',
      `SET LOCAL lock_timeout = ${this.#timeouts.lock}`,
      setTenant(tenant),
    ];
    return this.#retrying(mode === 'READ COMMITTED', async (client) => {
      // The server's own limit comes first, so that it is the one to say what happened.
      const send = async (text: string, values?: readonly unknown[]): Promise<unknown[]> => {
        const most = Math.max(1, Math.min(limit + 5000, this.#patience + transfer));
        const query: TimedQuery = { text, query_timeout: most };
        const since = performance.now();
        try {
          const { rows } = await client.query(
            values === undefined ? query : { ...query, values: [...values] },
          );
          return rows;
        } finally {
          this.#spend(performance.now() - since - transfer);
        }
      };
      await send(begin.join(';'));
      const done = await work({
        query: async (text, values) => void (await send(text, values)),
        rows: async (row, text, values) => this.#check(row, await send(text, values)),
        actAs: async (other) => void (await send(setTenant(other))),
      });
      await send('COMMIT');
      return done;
    });
  }

  #spend(milliseconds: number): void {
    const { inAll } = this.#timeouts;
    this.#patience = Math.min(inAll, this.#patience + inAll * EARNED - Math.max(0, milliseconds));
  }

  #check<R>(row: v.GenericSchema<unknown, R>, rows: readonly unknown[]): R[] {
    const parsed = v.safeParse(v.array(row), rows);
    if (parsed.success) return parsed.output;
    throw new VarveError('malformed', `${this.location} gave rows of an unknown form`, {
      object: this.location,
    });
  }

  async #retrying<T>(writing: boolean, action: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    for (const delay of [...DELAYS, null]) {
      try {
        return await this.#withClient(action);
      } catch (fault) {
        this.#signal?.throwIfAborted();
        if (delay === null || this.#pool.ending || !isPassing(fault, this.#reached)) {
          throw databaseFault(fault, this.location, writing);
        }
        await sleep(delay, undefined, this.#signal && { signal: this.#signal });
      }
    }
    throw new VarveError('internal', 'tries without an end');
  }

  async #withClient<T>(action: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    this.#reached = true;
    try {
      const result = await action(client);
      client.release();
      return result;
    } catch (fault) {
      // Whatever the connection is in the midst of, nobody else shall find it so.
      client.release(true);
      throw fault;
    }
  }

  #openSocket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/** A tenant's grammar leaves nothing to be quoted. */
function setTenant(tenant: string): string {
  return `SET LOCAL varve.tenant = '${tenant === ALL_TENANTS ? tenant : parseTenant(tenant)}'`;
}

/** The pool's own time-out for connecting would also end the wait for a connection that others are using. */
function clientOf(settings: ConnectionSettings) {
  let sent = '';
  const password = () => {
    sent = settings.password ?? readPasswordFile(settings) ?? '';
    return sent;
  };
  return class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, password, connectionTimeoutMillis: settings.connectTimeout });
      guardAnswers(this, settings.location, () => sent);
    }
  };
}
