import * as v from 'valibot';
import { digestOf } from '../../../base/digest.ts';
import { snapshotDigest } from '../../../core/snapshot/build-snapshot.ts';
import { recordsOf, recordText } from '../../../core/snapshot/layer-record.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { bytes, number, text } from './connection/columns.ts';
import type { Transaction } from './connection/database.ts';

/** A table that is filled from snapshots. */
export interface LayerTable {
  readonly name: 'blobs' | 'layer_records' | 'snapshot_layers';
  /** The columns that a row is found by, in addition to the tenant. */
  readonly key: readonly [string] | readonly [string, string];
  /** The column of what is found, its type, and how it is made of text; null where there is no more than the key. */
  readonly value: { readonly column: string; readonly made: string } | null;
  readonly rowsOf: (snapshot: Snapshot) => LayerRow[];
}

export interface LayerRow {
  readonly key: readonly string[];
  /** Empty where the key is all there is. */
  readonly value: string;
}

export const LAYER_TABLES: readonly LayerTable[] = [
  {
    name: 'blobs',
    key: ['digest'],
    value: { column: 'diff_id', made: 'value' },
    rowsOf: ({ layers }) =>
      layers.flatMap(({ digest, diffId }) => (digest === null ? [] : [{ key: [digest], value: diffId }])),
  },
  {
    name: 'layer_records',
    key: ['diff_id', 'digest'],
    value: { column: 'record', made: "convert_to(value, 'UTF8')" },
    rowsOf: (snapshot) =>
      recordsOf(snapshot).map((record) => {
        const text = recordText(record);
        return { key: [record.diffId, digestOf(text)], value: text };
      }),
  },
  {
    name: 'snapshot_layers',
    key: ['snapshot', 'diff_id'],
    value: null,
    rowsOf: (snapshot) => {
      const digest = snapshotDigest(snapshot);
      return snapshot.layers.map(({ diffId }) => ({ key: [digest, diffId], value: '' }));
    },
  },
];

/** Rows that one statement carries at most. */
const BATCH = 1000;

/** What a table should have of some snapshots, by `nameOf`, in an order that all writers keep. */
export function gatherRows({ rowsOf }: LayerTable, snapshots: readonly Snapshot[]): Map<string, LayerRow> {
  const rows = snapshots.flatMap(rowsOf).map((row) => [nameOf(row), row] as const);
  return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Names a row within its table. */
export function nameOf({ key }: LayerRow): string {
  return key.join(' ');
}

/** Whether a table has all of some rows as they should be. */
export async function holdsRows(
  transaction: Transaction,
  tenant: string,
  table: LayerTable,
  rows: ReadonlyMap<string, LayerRow>,
): Promise<boolean> {
  const { name, key, value } = table;
  const same = [
    ...key.map((column) => `t.${column} = w.${column}`),
    ...(value ? [`t.${value.column} = ${value.made}`] : []),
  ];
  for (const batch of batchesOf(rows.values())) {
    const [found] = await transaction.rows(
      v.object({ count: number }),
      `SELECT count(*)::integer AS count FROM ${wanted(table)} JOIN varve.${name} t ON t.tenant = $1 AND ${same.join(' AND ')}`,
      [tenant, ...columnsOf(table, batch)],
    );
    if (found?.count !== batch.length) return false;
  }
  return true;
}

/** Stores rows that are missing or different. */
export async function placeRows(
  transaction: Transaction,
  tenant: string,
  table: LayerTable,
  rows: ReadonlyMap<string, LayerRow>,
): Promise<void> {
  const { name, key, value } = table;
  const columns = ['tenant', ...key, ...(value ? [value.column] : [])];
  const made = ['$1', ...key, ...(value ? [value.made] : [])];
  const conflict = value
    ? `(tenant, ${key.join()}) DO UPDATE SET ${value.column} = excluded.${value.column} WHERE t.${value.column} <> excluded.${value.column}`
    : 'DO NOTHING';
  for (const batch of batchesOf(rows.values())) {
    await transaction.query(
      `INSERT INTO varve.${name} AS t (${columns.join()}) SELECT ${made.join()} FROM ${wanted(table)} ON CONFLICT ${conflict}`,
      [tenant, ...columnsOf(table, batch)],
    );
  }
}

/** Everything that a table has of a tenant. */
export async function readRows(
  transaction: Transaction,
  tenant: string,
  table: LayerTable,
): Promise<LayerRow[]> {
  const { name, key, value } = table;
  const rows = await transaction.rows(
    v.record(text, v.union([text, bytes])),
    `SELECT ${[...key, ...(value ? [value.column] : [])].join()} FROM varve.${name} WHERE tenant = $1 ORDER BY ${key.join()}`,
    [tenant],
  );
  return rows.map((row) => ({
    key: key.map((column) => String(row[column])),
    value: value === null ? '' : String(row[value.column]),
  }));
}

/** Rows that are handed over, as a table of that name. */
function wanted({ key, value }: LayerTable): string {
  const columns = [...key, ...(value ? ['value'] : [])];
  return `unnest(${columns.map((_, at) => `$${at + 2}::text[]`).join()}) AS w (${columns.join()})`;
}

function columnsOf({ key, value }: LayerTable, rows: readonly LayerRow[]): string[][] {
  return [
    ...key.map((_, at) => rows.map((row) => row.key[at] ?? '')),
    ...(value ? [rows.map((row) => row.value)] : []),
  ];
}

function* batchesOf(rows: Iterable<LayerRow>): Generator<LayerRow[]> {
  const all = [...rows];
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}
