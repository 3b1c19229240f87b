import * as v from 'valibot';
import { digestOf, hexOf } from '../../../base/digest.ts';
import type { ItemKey, SurfaceItem } from '../../../core/surface/item.ts';
import { mergeManifest, newManifestBytes, renewManifest } from '../../../core/surface/merge-manifest.ts';
import { manifestPath } from '../../../core/surface/paths.ts';
import { bytes, digest, text } from './connection/columns.ts';
import type { Transaction } from './connection/database.ts';
import { MANIFEST_COLUMN, withinLimit } from './item-rows.ts';

/** Bytes that one statement carries at most, unless a single item has more. */
const STATEMENT_BYTES = 8 * 1024 * 1024;
/** Items that one statement stores at most. */
const STATEMENT_ROWS = 200;

/** What is stored of an item, as far as putting it again must know. */
const PresentRowSchema = v.object({
  kind: text,
  digest: text,
  /** Null for one so large that it is damaged. */
  manifest: v.nullable(bytes),
  /** SHA-256 of the compressed payload; null when it is lost. */
  payload_hash: v.nullable(bytes),
});

type PresentRow = v.InferOutput<typeof PresentRowSchema>;

/** A manifest whose expiry is worth moving, as it must become. */
export interface Renewal {
  readonly key: ItemKey;
  readonly manifest: Uint8Array;
}

/** Whether other writers are kept from the rows until the transaction ends. */
type Lock = '' | 'FOR UPDATE OF a';

/** The rows (`a`) of a tenant's items, in the order that all writers lock them in. */
export const ROWS_OF_KEYS = `FROM unnest($2::text[], $3::text[]) AS k (kind, digest)
   JOIN varve.artefacts a ON a.tenant = $1 AND a.kind = k.kind AND a.digest = k.digest
   ORDER BY a.kind, a.digest`;

/**
 * Stores a tenant's items, or repairs what is there of them.
 * @param items sorted by kind and digest, each once: writers that lock rows in one order never wait in a circle.
 */
export async function putItems(transaction: Transaction, items: readonly SurfaceItem[]): Promise<void> {
  for (let left = items; left.length > 0; ) {
    const before = await findPresent(transaction, left, '');
    const missing = left.filter(({ key }) => !before.has(rowName(key)));
    const inserted = await insertItems(transaction, missing);
    const others = left.filter(({ key }) => !inserted.has(rowName(key)));
    // What another writer stored in between has not been looked at yet.
    const unlike = others.filter((item) => needsUpdate(before.get(rowName(item.key)), item));
    const locked = await findPresent(transaction, unlike, 'FOR UPDATE OF a');
    for (const item of unlike) {
      const present = locked.get(rowName(item.key));
      if (present !== undefined) await updateItem(transaction, item, present);
    }
    // What was deleted in between is put once more.
    left = unlike.filter(({ key }) => !locked.has(rowName(key)));
  }
}

/** Which of some items must be renewed, and which are absent. */
export interface FoundRenewals {
  readonly renewals: readonly Renewal[];
  readonly absent: readonly ItemKey[];
}

/**
 * Finds which of a tenant's items must be renewed.
 * @throws VarveError `malformed` for a damaged manifest.
 */
export async function findRenewals(
  transaction: Transaction,
  tenant: string,
  keys: readonly ItemKey[],
  expiresAt: (key: ItemKey) => string | null,
  lock: Lock = '',
): Promise<FoundRenewals> {
  const rows = await transaction.rows(
    v.object({ kind: text, digest, manifest: v.nullable(bytes) }),
    `SELECT a.kind, a.digest, ${MANIFEST_COLUMN} ${ROWS_OF_KEYS} ${lock}`,
    [tenant, keys.map(({ kind }) => kind), keys.map(({ digest }) => digest)],
  );
  const renewals = rows.flatMap(({ kind, digest, manifest }) => {
    const key = { tenant, kind, digest };
    const object = manifestPath(key);
    const renewed = renewManifest(withinLimit(manifest, object), key, expiresAt(key), object);
    return renewed === null ? [] : [{ key, manifest: renewed }];
  });
  const found = new Set(rows.map(rowName));
  return { renewals, absent: keys.filter((key) => !found.has(rowName(key))) };
}

/**
 * Lets the expiry of a tenant's items grow, by what their manifests say once nobody else can change them.
 * @returns those that are gone.
 */
export async function renewItems(
  transaction: Transaction,
  tenant: string,
  keys: readonly ItemKey[],
  expiresAt: (key: ItemKey) => string | null,
): Promise<readonly ItemKey[]> {
  const { renewals, absent } = await findRenewals(transaction, tenant, keys, expiresAt, 'FOR UPDATE OF a');
  for (const { key, manifest } of renewals) {
    await transaction.query(
      'UPDATE varve.artefacts SET manifest = $4 WHERE tenant = $1 AND kind = $2 AND digest = $3',
      [tenant, key.kind, key.digest, manifest],
    );
  }
  return absent;
}

async function findPresent(
  transaction: Transaction,
  items: readonly SurfaceItem[],
  lock: Lock,
): Promise<Map<string, PresentRow>> {
  if (items.length === 0) return new Map();
  const rows = await transaction.rows(
    PresentRowSchema,
    `SELECT a.kind, a.digest, ${MANIFEST_COLUMN}, sha256(payload) AS payload_hash ${ROWS_OF_KEYS} ${lock}`,
    [items[0]?.key.tenant, items.map(({ key }) => key.kind), items.map(({ key }) => key.digest)],
  );
  return new Map(rows.map((row) => [rowName(row), row]));
}

/** Stores items that were not there; gives the names of those that nobody else stored meanwhile. */
async function insertItems(transaction: Transaction, items: readonly SurfaceItem[]): Promise<Set<string>> {
  const inserted = new Set<string>();
  for (const batch of batchesOf(items)) {
    const places = batch.map(
      (_, at) => `($1, ${[2, 3, 4, 5].map((column) => `$${4 * at + column}`).join()})`,
    );
    const rows = await transaction.rows(
      v.object({ kind: text, digest: text }),
      `INSERT INTO varve.artefacts (tenant, kind, digest, manifest, payload)
       VALUES ${places.join()} ON CONFLICT DO NOTHING RETURNING kind, digest`,
      [
        batch[0]?.key.tenant,
        ...batch.flatMap((item) => [item.key.kind, item.key.digest, newManifestBytes(item), item.compressed]),
      ],
    );
    for (const row of rows) inserted.add(rowName(row));
  }
  return inserted;
}

async function updateItem(transaction: Transaction, item: SurfaceItem, present: PresentRow): Promise<void> {
  const { tenant, kind, digest } = item.key;
  const manifest = mergeManifest(present.manifest, item, manifestPath(item.key));
  const payload = hasPayload(present, item) ? null : item.compressed;
  if (manifest === null && payload === null) return;
  await transaction.query(
    `UPDATE varve.artefacts SET manifest = coalesce($4, manifest), payload = coalesce($5, payload)
     WHERE tenant = $1 AND kind = $2 AND digest = $3`,
    [tenant, kind, digest, manifest, payload],
  );
}

function needsUpdate(present: PresentRow | undefined, item: SurfaceItem): boolean {
  if (present === undefined || !hasPayload(present, item)) return true;
  return mergeManifest(present.manifest, item, manifestPath(item.key)) !== null;
}

/** Other bytes than these may be another encoder's or damaged: they are replaced either way. */
function hasPayload(present: PresentRow | undefined, item: SurfaceItem): boolean {
  return present?.payload_hash?.toString('hex') === hexOf(digestOf(item.compressed));
}

function* batchesOf(items: readonly SurfaceItem[]): Generator<SurfaceItem[]> {
  let batch: SurfaceItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = item.compressed.length;
    if (batch.length > 0 && (bytes + size > STATEMENT_BYTES || batch.length === STATEMENT_ROWS)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function rowName({ kind, digest }: Pick<ItemKey, 'kind'> & { readonly digest: string }): string {
  return `${kind} ${digest}`;
}
