import { hash } from 'node:crypto';
import { VarveError } from '../../base/errors.ts';

/** Stands before the bytes of an entry: what it is, and their hash, so that damage shows whatever the bytes are. */
const FORM = 'varve.cache@1';
const HEADER = new RegExp(`^${FORM} ([0-9a-f]{64})$`);
const NEWLINE = 0x0a;

export function writtenEntry(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${FORM} ${hash('sha256', bytes, 'hex')}\n`), bytes]);
}

/** The bytes of an entry. @throws VarveError `digest-mismatch` where it is damaged, or not one. */
export function parseEntry(written: Buffer, object: string): Uint8Array {
  const end = written.indexOf(NEWLINE);
  const [, expected] = HEADER.exec(written.toString('latin1', 0, Math.max(0, end))) ?? [];
  const bytes = written.subarray(end + 1);
  if (expected !== undefined && hash('sha256', bytes, 'hex') === expected) return bytes;
  throw new VarveError('digest-mismatch', `${object} does not have the hash that it names`, { object });
}
