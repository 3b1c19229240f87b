import * as v from 'valibot';
import { type Digest, isDigest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import type { ItemKey } from '../../../core/surface/item.ts';
import { SURFACE_KIND } from '../../../core/surface/keys.ts';
import { manifestPath } from '../../../core/surface/paths.ts';
import { compressedLimit, STORED_HEAD_BYTES } from '../../../core/surface/payload-codec.ts';
import type { ListQuery } from '../../../core/surface/surface-store.ts';
import { isKind, parseKind, parseTenant } from '../../../core/words/names.ts';
import { MANIFEST_BYTES, tooLarge } from '../object-limits.ts';
import { bytes, digest, number, text } from './connection/columns.ts';
import type { Database, Transaction } from './connection/database.ts';

/** Rows that are fetched at a time. */
const PAGE = 200;
/** Bytes of a payload that are fetched at a time: the driver makes texts of them on the way. */
const PIECE = 16 * 1024 * 1024;

/** A row may hold anything, and it shall not fill the memory: what is over the limit comes as null. */
const limited = (limit: number): string =>
  `CASE WHEN octet_length(manifest) <= ${limit} THEN manifest END AS manifest`;

/** Selects the manifest of an item. */
export const MANIFEST_COLUMN = limited(MANIFEST_BYTES);
/** Selects a surface manifest. */
export const DOCUMENT_COLUMN = limited(DEFAULT_LIMITS.jsonBytes);

/** A stored manifest, not yet parsed. */
export interface ManifestRow {
  readonly key: ItemKey;
  /** Names it in errors, as the path in a directory store does. */
  readonly object: string;
  /** Null for one over the limit. */
  readonly manifest: Buffer | null;
  /** Compressed bytes; null where the payload is lost. */
  readonly payload_size: number | null;
}

/** @throws VarveError `limit-exceeded` for a manifest that was too large to be fetched. */
export function withinLimit(manifest: Buffer | null, object: string): Buffer {
  if (manifest !== null) return manifest;
  throw new VarveError('limit-exceeded', `${object} has more bytes than it may have`, { object });
}

/** The items of a tenant, by kind and digest. */
export function itemRows(
  database: Database,
  tenant: string,
  { kind, after }: Pick<ListQuery, 'kind' | 'after'> = {},
): AsyncGenerator<ManifestRow> {
  const ofKind = kind === undefined ? '' : `AND kind = '${parseKind(kind)}'`;
  return rowsOf(
    database,
    tenant,
    `SELECT kind, digest, ${MANIFEST_COLUMN}, octet_length(payload) AS payload_size FROM varve.artefacts
     WHERE tenant = $1 AND (kind, digest) > ($2, $3) ${ofKind} ORDER BY kind, digest LIMIT ${PAGE}`,
    after,
  );
}

/** The surface manifests of a tenant, by digest. */
export function surfaceManifestRows(
  database: Database,
  tenant: string,
  after?: Digest,
): AsyncGenerator<ManifestRow> {
  return rowsOf(
    database,
    tenant,
    `SELECT $2 AS kind, digest, ${DOCUMENT_COLUMN}, NULL::integer AS payload_size FROM varve.surface_manifests
     WHERE tenant = $1 AND digest > $3 ORDER BY digest LIMIT ${PAGE}`,
    { kind: SURFACE_KIND, digest: after ?? '' },
  );
}

/** Bytes of some items' payloads as they are stored; null where one is gone. */
export async function storedPayloadSizes(
  database: Database,
  tenant: string,
  keys: readonly Pick<ItemKey, 'kind' | 'digest'>[],
): Promise<(number | null)[]> {
  const rows = await database.read(tenant, (transaction) =>
    transaction.rows(
      v.object({ size: v.nullable(number) }),
      `SELECT octet_length(a.payload) AS size
       FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS k (kind, digest, place)
       LEFT JOIN varve.artefacts a ON a.tenant = $1 AND a.kind = k.kind AND a.digest = k.digest
       ORDER BY place`,
      [tenant, keys.map(({ kind }) => kind), keys.map(({ digest }) => digest)],
    ),
  );
  return rows.map(({ size }) => size);
}

/**
 * A stored payload, compressed as it is; null when it is gone.
 * @param sizeBytes length of the uncompressed payload.
 * @throws VarveError `limit-exceeded` for more bytes than that many can take.
 */
export async function readStoredPayload(
  database: Database,
  { tenant, kind, digest }: ItemKey,
  object: string,
  sizeBytes: number,
): Promise<Buffer | null> {
  const limit = compressedLimit(sizeBytes);
  const read = async (transaction: Transaction): Promise<Buffer | null> => {
    const pieces: Buffer[] = [];
    for (let length = 0; ; ) {
      const [row] = await transaction.rows(
        v.object({ size: v.nullable(number), piece: v.nullable(bytes) }),
        `SELECT octet_length(payload) AS size,
           CASE WHEN octet_length(payload) <= $4 THEN substring(payload FROM $5 FOR ${PIECE}) END AS piece
         FROM varve.artefacts WHERE tenant = $1 AND kind = $2 AND digest = $3`,
        [tenant, kind, digest, limit, length + 1],
      );
      if (row === undefined || row.size === null) return null;
      if (row.piece === null) throw tooLarge(object, row.size, limit);
      pieces.push(row.piece);
      length += row.piece.length;
      if (length >= row.size) return pieces.length === 1 ? row.piece : Buffer.concat(pieces);
    }
  };
  return database.read(tenant, read, limit);
}

/** The first bytes of a stored payload, compressed as it is; null when it is gone. */
export async function readPayloadBeginning(
  database: Database,
  { tenant, kind, digest }: ItemKey,
): Promise<Buffer | null> {
  const [row] = await database.read(tenant, (transaction) =>
    transaction.rows(
      v.object({ beginning: v.nullable(bytes) }),
      `SELECT substring(payload FOR ${STORED_HEAD_BYTES}) AS beginning
       FROM varve.artefacts WHERE tenant = $1 AND kind = $2 AND digest = $3`,
      [tenant, kind, digest],
    ),
  );
  return row?.beginning ?? null;
}

const ItemRow = v.object({
  kind: text,
  digest,
  manifest: v.nullable(bytes),
  payload_size: v.nullable(number),
});

async function* rowsOf(
  database: Database,
  tenant: string,
  query: string,
  after: { readonly kind: string; readonly digest: string } = { kind: '', digest: '' },
): AsyncGenerator<ManifestRow> {
  parseTenant(tenant);
  let last = after;
  for (;;) {
    const rows = await database.read(tenant, (transaction) =>
      transaction.rows(ItemRow, query, [tenant, last.kind, last.digest]),
    );
    for (const { kind, digest, ...row } of rows) {
      const key = { tenant, kind, digest };
      yield { key, object: objectOf(key), ...row };
    }
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end;
  }
}

/** Where a row was tampered with, it may have a key that no path can have. */
function objectOf(key: ItemKey): string {
  return isKind(key.kind) && isDigest(key.digest) ? manifestPath(key) : `row ${JSON.stringify(key)}`;
}
