import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { digestOfHex } from '../surface/keys.ts';
import { HISTORY } from '../surface/paths.ts';
import { parseTenant } from '../words/names.ts';
import { type Platform, partsOfPlatform } from '../words/platform.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import { type HistoryEntry, HistoryEntrySchema } from './history.ts';

/** What an entry's file name says: its time in UTC to the millisecond, and its digest. */
export interface EntryName {
  readonly time: string;
  readonly digest: Digest;
}

const FILE_NAME = /^(\d{8}T\d{9}Z)-([0-9a-f]{64})\.json$/;

/** Folder of all entries of a tenant. */
export function tenantHistoryPath(tenant: string): string {
  return `${HISTORY}/tenants/${parseTenant(tenant)}`;
}

/** Folder of the entries of a name, on all platforms. */
export function nameHistoryPath(tenant: string, name: string): string {
  return `${tenantHistoryPath(tenant)}/${hexOf(digestOf(name.toWellFormed()))}`;
}

/** The folder name of a platform: `linux-amd64`, `linux-arm-v7`, `windows%2810.0.17763%29-amd64`. */
export function platformSegment(platform: Platform): string {
  return partsOfPlatform(platform).map(escapeSegment).join('-');
}

export function entryBytes(entry: HistoryEntry): Buffer {
  return canonicalBytes(entry);
}

/** Path under the root of the file that an entry is kept in. */
export function entryPath(entry: HistoryEntry): string {
  return pathWithDigest(entry, digestOf(entryBytes(entry)));
}

/** The file name of an entry, by which a history is ordered. */
export function entryFileName(entry: HistoryEntry): string {
  const path = entryPath(entry);
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What a file name says; null when it is not an entry's. */
export function parseEntryName(fileName: string): EntryName | null {
  const [, time, hex = ''] = FILE_NAME.exec(fileName) ?? [];
  const digest = digestOfHex(hex);
  return time === undefined || digest === null ? null : { time, digest };
}

/** Whether a file is named as an entry is. */
export function isEntryName(fileName: string): boolean {
  return FILE_NAME.test(fileName);
}

/** The order of a history, by file names: newest first, equal times by digest, the greatest first. */
export function compareEntryNames(a: string, b: string): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}

/**
 * Reads an entry and checks it against the path that it was found under.
 * @throws VarveError `digest-mismatch` when its bytes are not those that were written; `malformed`.
 */
export function parseEntry(bytes: Uint8Array, path: string): HistoryEntry {
  const name = parseEntryName(path.slice(path.lastIndexOf('/') + 1));
  if (name === null) throw malformed(path, 'is not named as an entry is');
  if (digestOf(bytes) !== name.digest) {
    throw new VarveError('digest-mismatch', `${path} does not hash to its name`, { object: path });
  }
  const entry = parseStored(HistoryEntrySchema, bytes, path);
  const right = pathWithDigest(entry, name.digest);
  if (right !== path) throw malformed(path, `is the entry of ${right}`);
  return entry;
}

/** The path of an entry whose bytes have a digest. */
export function pathWithDigest(
  { tenant, name, platform, time }: Pick<HistoryEntry, 'tenant' | 'name' | 'platform' | 'time'>,
  digest: Digest,
): string {
  const fileName = `${time.replaceAll(/[-:.]/g, '')}-${hexOf(digest)}.json`;
  return `${nameHistoryPath(tenant, name)}/${platformSegment(platform)}/${fileName}`;
}

/** Configs are hostile: whatever they name a platform, it stays one harmless path segment of its own. */
function escapeSegment(part: string): string {
  return [...Buffer.from(part, 'utf8')].map(escapeByte).join('').replace(/^\./, '%2E');
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[a-z0-9._]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
