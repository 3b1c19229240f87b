import { digestOf, hexOf } from '../../../base/digest.ts';
import type { Artefact, ArtefactKey } from '../../../core/surface/artefact.ts';
import { mergeManifest, newManifestBytes } from '../../../core/surface/merge-manifest.ts';
import { manifestPath } from '../../../core/surface/paths.ts';
import type { Transaction } from './connection/database.ts';
import { MANIFEST_COLUMN } from './rows.ts';

/** Bytes that one statement carries at most, unless a single artefact has more. */
const STATEMENT_BYTES = 8 * 1024 * 1024;
/** Artefacts that one statement stores at most. */
const STATEMENT_ROWS = 200;

/** What is stored of an artefact, as far as putting it again must know. */
interface PresentRow {
  readonly kind: string;
  readonly digest: string;
  /** Null for one so large that it is damaged. */
  readonly manifest: Buffer | null;
  /** SHA-256 of the compressed payload; null when it is lost. */
  readonly payload_hash: Buffer | null;
}

/**
 * Stores a tenant's artefacts, or repairs what is there of them.
 * @param artefacts sorted by kind and digest, each once: writers that lock rows in one order never wait in a circle.
 */
export async function putArtefacts(transaction: Transaction, artefacts: readonly Artefact[]): Promise<void> {
  const before = await findPresent(transaction, artefacts, '');
  const missing = artefacts.filter(({ key }) => !before.has(rowName(key)));
  const inserted = await insertArtefacts(transaction, missing);
  const others = artefacts.filter(({ key }) => !inserted.has(rowName(key)));
  // What another writer stored in between has not been looked at yet.
  const unlike = others.filter((artefact) => needsUpdate(before.get(rowName(artefact.key)), artefact));
  const locked = await findPresent(transaction, unlike, 'FOR UPDATE OF a');
  for (const artefact of unlike)
    await updateArtefact(transaction, artefact, locked.get(rowName(artefact.key)));
}

async function findPresent(
  transaction: Transaction,
  artefacts: readonly Artefact[],
  lock: '' | 'FOR UPDATE OF a',
): Promise<Map<string, PresentRow>> {
  if (artefacts.length === 0) return new Map();
  const rows = await transaction.query<PresentRow>(
    `SELECT a.kind, a.digest, ${MANIFEST_COLUMN}, sha256(payload) AS payload_hash
     FROM unnest($2::text[], $3::text[]) AS k (kind, digest)
     JOIN varve.artefacts a ON a.tenant = $1 AND a.kind = k.kind AND a.digest = k.digest
     ORDER BY a.kind, a.digest ${lock}`,
    [artefacts[0]?.key.tenant, artefacts.map(({ key }) => key.kind), artefacts.map(({ key }) => key.digest)],
  );
  return new Map(rows.map((row) => [rowName(row), row]));
}

/** Stores artefacts that were not there; gives the names of those that nobody else stored meanwhile. */
async function insertArtefacts(
  transaction: Transaction,
  artefacts: readonly Artefact[],
): Promise<Set<string>> {
  const inserted = new Set<string>();
  for (const batch of batchesOf(artefacts)) {
    const places = batch.map(
      (_, at) => `($1, ${[2, 3, 4, 5].map((column) => `$${4 * at + column}`).join()})`,
    );
    const rows = await transaction.query<{ kind: string; digest: string }>(
      `INSERT INTO varve.artefacts (tenant, kind, digest, manifest, payload)
       VALUES ${places.join()} ON CONFLICT DO NOTHING RETURNING kind, digest`,
      [
        batch[0]?.key.tenant,
        ...batch.flatMap((artefact) => [
          artefact.key.kind,
          artefact.key.digest,
          newManifestBytes(artefact),
          artefact.compressed,
        ]),
      ],
    );
    for (const row of rows) inserted.add(rowName(row));
  }
  return inserted;
}

async function updateArtefact(
  transaction: Transaction,
  artefact: Artefact,
  present: PresentRow | undefined,
): Promise<void> {
  const { tenant, kind, digest } = artefact.key;
  const manifest = mergeManifest(present?.manifest ?? null, artefact, manifestPath(artefact.key));
  const payload = hasPayload(present, artefact) ? null : artefact.compressed;
  if (manifest === null && payload === null) return;
  await transaction.query(
    `UPDATE varve.artefacts SET manifest = coalesce($4, manifest), payload = coalesce($5, payload)
     WHERE tenant = $1 AND kind = $2 AND digest = $3`,
    [tenant, kind, digest, manifest, payload],
  );
}

function needsUpdate(present: PresentRow | undefined, artefact: Artefact): boolean {
  if (present === undefined || !hasPayload(present, artefact)) return true;
  return mergeManifest(present.manifest, artefact, manifestPath(artefact.key)) !== null;
}

/** Other bytes than these may be another encoder's or damaged: they are replaced either way. */
function hasPayload(present: PresentRow | undefined, artefact: Artefact): boolean {
  return present?.payload_hash?.toString('hex') === hexOf(digestOf(artefact.compressed));
}

function* batchesOf(artefacts: readonly Artefact[]): Generator<Artefact[]> {
  let batch: Artefact[] = [];
  let bytes = 0;
  for (const artefact of artefacts) {
    const size = artefact.compressed.length;
    if (batch.length > 0 && (bytes + size > STATEMENT_BYTES || batch.length === STATEMENT_ROWS)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(artefact);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function rowName({ kind, digest }: Pick<ArtefactKey, 'kind'> & { readonly digest: string }): string {
  return `${kind} ${digest}`;
}
