import * as v from 'valibot';
import { digestOf } from '../../../base/digest.ts';
import { entryPath, parseEntry, platformSegment } from '../../../core/history/entry-path.ts';
import type { HistoryEntry } from '../../../core/history/history.ts';
import type { HistoryQuery, HistoryStore } from '../../../core/history/history-store.ts';
import type { LayerIndex, LayerUseQuery } from '../../../core/history/layer-index.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { isTenant, parseTenant } from '../../../core/words/names.ts';
import { text } from './connection/columns.ts';
import { ALL_TENANTS, type Database } from './connection/database.ts';
import {
  columnsOf,
  ENTRY_COLUMNS,
  type EntryRow,
  EntryRowSchema,
  findableText,
  pathOf,
  readEntry,
} from './entry-row.ts';

/** Entries that are fetched at first: most who ask want few. */
const FIRST_PAGE = 25;
/** Entries that are fetched at a time at most. */
const LAST_PAGE = 400;

/** Where entries (`h`) are read from, and the columns of an index that has their order. */
interface Source {
  readonly tables: string;
  readonly tenant: string;
  readonly order: readonly [time: string, digest: string];
}

const HISTORY: Source = {
  tables: 'varve.history h',
  tenant: 'h.tenant',
  order: ['h.taken_at', 'h.digest'],
};
const USES: Source = {
  tables: 'varve.layer_uses u JOIN varve.history h ON h.tenant = u.tenant AND h.digest = u.entry',
  tenant: 'u.tenant',
  order: ['u.taken_at', 'u.entry'],
};

/** The history in a PostgreSQL database, one row an entry; also finds entries by the layers of their snapshots. */
export class PostgresHistoryStore implements HistoryStore, LayerIndex {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async append(entry: HistoryEntry): Promise<void> {
    const columns = columnsOf(entry);
    parseEntry(columns.entry, entryPath(entry));
    const names = Object.keys(columns);
    const changes = names.map((name) => `${name} = excluded.${name}`);
    const row = (from: string) => names.map((name) => `${from}.${name}`).join();
    await this.#database.write(entry.tenant, async (transaction) => {
      await transaction.query(
        `INSERT INTO varve.history AS present (${names.join()}) VALUES (${names.map((_, at) => `$${at + 1}`).join()})
         ON CONFLICT (tenant, digest) DO UPDATE SET ${changes.join()}
         WHERE (${row('present')}) IS DISTINCT FROM (${row('excluded')})`,
        Object.values(columns),
      );
      await transaction.query(
        `INSERT INTO varve.layer_uses (tenant, diff_id, taken_at, entry)
         SELECT tenant, diff_id, $3::timestamptz, $4 FROM varve.snapshot_layers WHERE tenant = $1 AND snapshot = $2
         ON CONFLICT DO NOTHING`,
        [columns.tenant, columns.snapshot, columns.taken_at, columns.digest],
      );
    });
  }

  async *list(query: HistoryQuery): AsyncGenerator<HistoryEntry> {
    const { tenant, name, platform, commits, branch, after, onDamage } = query;
    const values: unknown[] = [nameDigestOf(tenant, name)];
    const filter = (condition: string, value: unknown) =>
      ` AND ${condition.replace('?', `$${values.push(value) + 1}`)}`;
    const where =
      'name_digest = $2' +
      (platform === undefined ? '' : filter('platform = ?', platformSegment(platform))) +
      (commits === undefined ? '' : filter('commit = ANY (?::text[])', commits.map(findableText))) +
      (branch === undefined ? '' : filter('branch = ?', findableText(branch)));
    for await (const row of this.#rows(tenant, where, values, after && columnsOf(after))) {
      const entry = readEntry(row, onDamage);
      // What the columns say finds a row; what the entry says counts.
      if (entry === null || (branch !== undefined && entry.branch !== branch)) continue;
      if (commits === undefined || (entry.commit !== null && commits.includes(entry.commit))) yield entry;
    }
  }

  async *entriesWithLayer({ tenant, diffId, after, onDamage }: LayerUseQuery): AsyncGenerator<HistoryEntry> {
    for await (const row of this.#rows(tenant, 'u.diff_id = $2', [diffId], after && columnsOf(after), USES)) {
      const entry = readEntry(row, onDamage);
      if (entry !== null) yield entry;
    }
  }

  async names(tenant: string): Promise<readonly string[]> {
    parseTenant(tenant);
    const digests = await this.#database.read(tenant, async (transaction) => {
      const found: string[] = [];
      for (;;) {
        const [row] = await transaction.rows(
          v.object({ next: v.nullable(text) }),
          'SELECT min(name_digest) AS next FROM varve.history WHERE tenant = $1 AND name_digest > $2',
          [tenant, found.at(-1) ?? ''],
        );
        if (row === undefined || row.next === null) return found;
        found.push(row.next);
      }
    });
    const names = await Promise.all(digests.map((digest) => this.#nameOf(tenant, digest)));
    return names.filter((name) => name !== null).sort();
  }

  async *verify(examine: (entry: HistoryEntry) => Promise<string | null>): AsyncGenerator<Damage> {
    for (const tenant of await this.#tenants()) {
      for await (const row of this.#rows(tenant, 'true', [])) {
        const damages: Damage[] = [];
        const entry = readEntry(row, (damage) => damages.push(damage));
        yield* damages;
        const problem = entry && ((await examine(entry)) ?? misfiled(row, entry));
        if (problem !== null) yield { object: pathOf(row), problem };
      }
    }
  }

  /** Rows of a tenant that meet a condition, newest first. The condition's values begin with $2. */
  async *#rows(
    tenant: string,
    where: string,
    values: readonly unknown[],
    after?: Pick<EntryRow, 'taken_at' | 'digest'>,
    from: Source = HISTORY,
  ): AsyncGenerator<EntryRow> {
    parseTenant(tenant);
    const [time, digest] = [values.length + 2, values.length + 3].map((place) => `$${place}`);
    let last = after;
    for (let page = FIRST_PAGE; ; page = Math.min(4 * page, LAST_PAGE)) {
      const start = last;
      const beyond = start ? `AND (${from.order.join()}) < (${time}::timestamptz, ${digest})` : '';
      const rows = await this.#database.read(tenant, (transaction) =>
        transaction.rows(
          EntryRowSchema,
          `SELECT ${ENTRY_COLUMNS} FROM ${from.tables} WHERE ${from.tenant} = $1 AND ${where} ${beyond}
           ORDER BY ${from.order.map((column) => `${column} DESC`).join()} LIMIT ${page}`,
          [tenant, ...values, ...(start ? [start.taken_at, start.digest] : [])],
        ),
      );
      yield* rows;
      last = rows.at(-1);
      if (last === undefined || rows.length < page) return;
    }
  }

  async #nameOf(tenant: string, nameDigest: string): Promise<string | null> {
    for await (const row of this.#rows(tenant, 'name_digest = $2', [nameDigest])) {
      const entry = readEntry(row, () => undefined);
      if (entry !== null) return entry.name;
    }
    return null;
  }

  async #tenants(): Promise<string[]> {
    const rows = await this.#database.read(ALL_TENANTS, (transaction) =>
      transaction.rows(
        v.object({ tenant: text }),
        'SELECT DISTINCT tenant FROM varve.history ORDER BY tenant',
      ),
    );
    return rows.map(({ tenant }) => tenant).filter(isTenant);
  }
}

function nameDigestOf(tenant: string, name: string): string {
  parseTenant(tenant);
  return digestOf(name.toWellFormed());
}

/** Says so when a row would be found by what its entry does not state. */
function misfiled(row: EntryRow, entry: HistoryEntry): string | null {
  const right = new Map<string, unknown>(Object.entries(columnsOf(entry)));
  const wrong = Object.entries(row).find(([name, value]) => name !== 'entry' && right.get(name) !== value);
  return wrong === undefined ? null : `has another ${wrong[0]} in its row than in its entry`;
}
