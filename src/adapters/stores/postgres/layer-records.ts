import * as v from 'valibot';
import { type Digest, isDigest, parseDigest } from '../../../base/digest.ts';
import { readLayerRecords } from '../../../core/snapshot/layer-record.ts';
import type { LayerRecord, LayerRecords } from '../../../core/snapshot/layer-records.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import type { Damage, OnDamage } from '../../../core/surface/surface-store.ts';
import { isTenant, parseTenant } from '../../../core/words/names.ts';
import { MANIFEST_BYTES } from '../object-limits.ts';
import { bytes, digest, text } from './connection/columns.ts';
import { ALL_TENANTS, type Database } from './connection/database.ts';
import {
  gatherRows,
  holdsRows,
  LAYER_TABLES,
  type LayerRow,
  nameOf,
  placeRows,
  readRows,
} from './layer-rows.ts';

/**
 * Layer records as rows, and which snapshots have a layer. What is damaged counts as absent, since all of
 * it can be learned again.
 */
export class PostgresLayerRecords implements LayerRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record(tenant: string, snapshot: Snapshot): Promise<void> {
    parseTenant(tenant);
    const wanted = LAYER_TABLES.map((table) => [table, gatherRows(table, [snapshot])] as const);
    const isThere = await this.#database.read(tenant, async (transaction) => {
      for (const [table, rows] of wanted)
        if (!(await holdsRows(transaction, tenant, table, rows))) return false;
      return true;
    });
    if (isThere) return;
    await this.#database.write(tenant, async (transaction) => {
      for (const [table, rows] of wanted) await placeRows(transaction, tenant, table, rows);
    });
  }

  async findDiffId(tenant: string, blob: Digest, onDamage?: OnDamage): Promise<Digest | null> {
    parseTenant(tenant);
    const [row] = await this.#database.read(tenant, (transaction) =>
      transaction.rows(
        v.object({ diff_id: text }),
        'SELECT diff_id FROM varve.blobs WHERE tenant = $1 AND digest = $2',
        [tenant, parseDigest(blob)],
      ),
    );
    if (row === undefined) return null;
    if (isDigest(row.diff_id)) return row.diff_id;
    onDamage?.({ object: `blobs of ${tenant}: ${blob}`, problem: 'holds no digest' });
    return null;
  }

  async findLayer(tenant: string, diffId: Digest, onDamage?: OnDamage): Promise<LayerRecord | null> {
    parseTenant(tenant);
    const rows = await this.#database.read(tenant, (transaction) =>
      transaction.rows(
        v.object({ digest, record: v.nullable(bytes) }),
        `SELECT digest, CASE WHEN octet_length(record) <= ${MANIFEST_BYTES} THEN record END AS record
         FROM varve.layer_records WHERE tenant = $1 AND diff_id = $2`,
        [tenant, parseDigest(diffId)],
      ),
    );
    const stored = rows.map(({ digest, record }) => ({
      object: `layer_records of ${tenant}: ${nameOf({ key: [diffId, digest], value: '' })}`,
      text: record ?? '',
      digest,
    }));
    return readLayerRecords(diffId, stored, onDamage);
  }

  async forget(tenant: string, diffIds: readonly Digest[]): Promise<void> {
    parseTenant(tenant);
    if (diffIds.length === 0) return;
    await this.#database.write(tenant, async (transaction) => {
      await transaction.query('DELETE FROM varve.layer_records WHERE tenant = $1 AND diff_id = ANY ($2)', [
        tenant,
        diffIds.map(parseDigest),
      ]);
    });
  }

  async *verify(snapshotsOf: (tenant: string) => AsyncIterable<Snapshot>): AsyncGenerator<Damage> {
    for (const tenant of await this.#tenants()) {
      // First the rows, then the snapshots: a run that goes on meanwhile stores them the other way round.
      const present: LayerRow[][] = [];
      await this.#database.read(tenant, async (transaction) => {
        for (const table of LAYER_TABLES) present.push(await readRows(transaction, tenant, table));
      });
      const snapshots = await Array.fromAsync(snapshotsOf(tenant));
      for (const [at, table] of LAYER_TABLES.entries()) {
        const rows = gatherRows(table, snapshots);
        for (const row of present[at] ?? []) {
          const object = `${table.name} of ${tenant}: ${nameOf(row)}`;
          const right = rows.get(nameOf(row));
          if (right === undefined) yield { object, problem: 'is borne out by no stored snapshot' };
          else if (right.value !== row.value)
            yield { object, problem: 'disagrees with the stored snapshots' };
        }
      }
    }
  }

  #tenants(): Promise<string[]> {
    return this.#database.read(ALL_TENANTS, async (transaction) => {
      const rows = await transaction.rows(
        v.object({ tenant: text }),
        LAYER_TABLES.map(({ name }) => `SELECT DISTINCT tenant FROM varve.${name}`).join(' UNION '),
      );
      return rows
        .map(({ tenant }) => tenant)
        .filter(isTenant)
        .sort();
    });
  }
}
