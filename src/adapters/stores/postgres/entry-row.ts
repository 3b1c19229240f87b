import * as v from 'valibot';
import { type Digest, digestOf, hexOf } from '../../../base/digest.ts';
import { toVarveError, VarveError } from '../../../base/errors.ts';
import {
  entryBytes,
  parseEntry,
  platformSegment,
  tenantHistoryPath,
} from '../../../core/history/entry-path.ts';
import type { HistoryEntry } from '../../../core/history/history.ts';
import { damageOf, passOver } from '../../../core/surface/damage.ts';
import type { OnDamage } from '../../../core/surface/surface-store.ts';
import { ENTRY_BYTES } from '../object-limits.ts';
import { bytes, number, text } from './connection/columns.ts';

/** An index takes rows of some 2,700 bytes; four texts of this many characters fit. */
const FINDABLE_LENGTH = 200;

/** A row of the table of entries: the entry, and the columns that it is found by. */
export const EntryRowSchema = v.object({
  tenant: text,
  digest: text,
  name_digest: text,
  name: text,
  platform: text,
  /** RFC 3339 in UTC with milliseconds; anything else is damaged. */
  taken_at: text,
  snapshot: text,
  commit: v.nullable(text),
  branch: v.nullable(text),
  pull_request: v.nullable(number),
  /** Null for one so large that it is damaged. */
  entry: v.nullable(bytes),
});

export type EntryRow = Readonly<v.InferOutput<typeof EntryRowSchema>>;

/**
 * Selects an `EntryRow` of the history, whose alias is `h`. A row that was tampered with may have a time that RFC 3339
 * cannot spell, such as infinity: that one comes as the server spells it, which no entry has.
 */
export const ENTRY_COLUMNS = `h.tenant, h.digest, name_digest, name, platform,
  CASE WHEN h.taken_at >= '0001-01-01Z' AND h.taken_at < '10000-01-01Z'
    THEN to_char(h.taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    ELSE h.taken_at::text END AS taken_at,
  snapshot, commit, branch, pull_request::float8 AS pull_request,
  CASE WHEN octet_length(h.entry) <= ${ENTRY_BYTES} THEN h.entry END AS entry`;

/** The row of an entry. */
export function columnsOf(entry: HistoryEntry): EntryRow & { readonly entry: Buffer } {
  const bytes = entryBytes(entry);
  return {
    tenant: entry.tenant,
    digest: digestOf(bytes),
    name_digest: digestOf(entry.name.toWellFormed()),
    name: withoutNul(entry.name),
    platform: platformSegment(entry.platform),
    taken_at: entry.time,
    snapshot: entry.snapshotDigest,
    commit: entry.commit === null ? null : findableText(entry.commit),
    branch: entry.branch === null ? null : findableText(entry.branch),
    pull_request: entry.pullRequest,
    entry: bytes,
  };
}

/** As much of a text as an index takes. Other texts may be found by it too, so what is found must be compared. */
export function findableText(text: string): string {
  return withoutNul(text.slice(0, FINDABLE_LENGTH));
}

/** What a row is called in messages: the path that its entry has in a directory store. */
export function pathOf({ tenant, digest, name_digest: name, platform, taken_at: time }: EntryRow): string {
  const fileName = `${time.replaceAll(/[-:.]/g, '')}-${hexOf(digest as Digest)}.json`;
  return `${tenantHistoryPath(tenant)}/${hexOf(name as Digest)}/${platform}/${fileName}`;
}

/** The entry in a row, which must be the one that the row is found by; null when it is damaged. */
export function readEntry(row: EntryRow, onDamage: OnDamage = passOver): HistoryEntry | null {
  const object = pathOf(row);
  try {
    if (row.entry !== null) return parseEntry(row.entry, object);
    throw new VarveError('limit-exceeded', `${object} has more than the ${ENTRY_BYTES} bytes it may have`);
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
    onDamage(damageOf(object, fault));
    return null;
  }
}

/** PostgreSQL keeps no NUL in a text, and no half of a surrogate pair. */
function withoutNul(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{fffd}');
}
