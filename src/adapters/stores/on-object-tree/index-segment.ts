import { digestOf, hexOf } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { TERM_LENGTH, type Term } from '../../../core/history/entry-terms.ts';

/** An entry and what it is found by. */
export interface IndexedEntry {
  /** Its file name, which has its hash. */
  readonly name: string;
  readonly terms: readonly Term[];
}

const HEADER = 'varve.entry-index@1';
const FILE_NAME = /^(\d{1,9})-([0-9a-f]{64})\.txt$/;
const NUMBER_LENGTH = 8;
const POSTING_LENGTH = TERM_LENGTH + NUMBER_LENGTH + 2;

/**
 * An immutable part of an index: some entries, and for each term which of them have it. In it an entry stands with all
 * of its terms or not at all. Named by its size and its own hash, so that a torn one is known for what it is.
 *
 * The form: a line with the numbers of entries and postings; a line for each entry, its file name; then a line for each
 * posting, all of one length and sorted: a term and the number of an entry.
 */
export class IndexSegment {
  /** The entries that it speaks for. */
  readonly names: readonly string[];
  readonly #postings: Buffer;

  private constructor(names: readonly string[], postings: Buffer) {
    this.names = names;
    this.#postings = postings;
  }

  /** @throws VarveError `digest-mismatch` when the bytes are not those that were written; `malformed`. */
  static parse(bytes: Buffer, fileName: string): IndexSegment {
    const [, , hex] = FILE_NAME.exec(fileName) ?? [];
    if (hex === undefined || hexOf(digestOf(bytes)) !== hex) {
      throw new VarveError('digest-mismatch', `${fileName} does not hash to its name`, { object: fileName });
    }
    const end = bytes.indexOf('\n');
    const [header, entries, count] = bytes.toString('latin1', 0, Math.max(end, 0)).split(' ');
    const start = bytes.length - Number(count) * POSTING_LENGTH;
    const names = start > end + 1 ? bytes.toString('latin1', end + 1, start - 1).split('\n') : [];
    if (header !== HEADER || Number(entries) !== names.length || names.length === 0) {
      throw new VarveError('malformed', `${fileName} is not part of an index`, { object: fileName });
    }
    return new IndexSegment(names, bytes.subarray(start));
  }

  /** The entries that have a term. */
  *find(term: Term): Generator<string> {
    for (let at = this.#firstOf(term); this.#termAt(at) === term; at++) yield this.#nameAt(at);
  }

  /** All entries with their terms. */
  entries(): IndexedEntry[] {
    const terms = new Map<string, Term[]>(this.names.map((name) => [name, []]));
    for (let at = 0; at < this.#count; at++) terms.get(this.#nameAt(at))?.push(this.#termAt(at));
    return [...terms].map(([name, each]) => ({ name, terms: each }));
  }

  get #count(): number {
    return this.#postings.length / POSTING_LENGTH;
  }

  #firstOf(term: Term): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#termAt(middle) < term) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Empty beyond the last one. */
  #termAt(at: number): Term {
    const start = at * POSTING_LENGTH;
    return this.#postings.toString('latin1', start, start + TERM_LENGTH);
  }

  #nameAt(at: number): string {
    const start = at * POSTING_LENGTH + TERM_LENGTH + 1;
    const number = Number(this.#postings.toString('latin1', start, start + NUMBER_LENGTH));
    return this.names[number] ?? '';
  }
}

/** Writes a segment of entries; what is given twice is there once, with the terms of both. */
export function encodeSegment(entries: Iterable<IndexedEntry>): { fileName: string; bytes: Buffer } {
  const termsOf = new Map<string, Set<Term>>();
  for (const { name, terms } of entries) {
    termsOf.set(name, new Set([...(termsOf.get(name) ?? []), ...terms]));
  }
  const sorted = [...termsOf].sort(([a], [b]) => (a < b ? -1 : 1));
  const postings = sorted.flatMap(([, terms], number) =>
    [...terms].map((term) => `${term} ${`${number}`.padStart(NUMBER_LENGTH, '0')}\n`),
  );
  const lines = [
    `${HEADER} ${sorted.length} ${postings.length}\n`,
    ...sorted.map(([name]) => `${name}\n`),
    ...postings.sort(),
  ];
  const bytes = Buffer.from(lines.join(''), 'latin1');
  return { fileName: `${sorted.length}-${hexOf(digestOf(bytes))}.txt`, bytes };
}

/** How many entries a segment has, as its file name says; null when it is not named as one. */
export function segmentSize(fileName: string): number | null {
  const [, size] = FILE_NAME.exec(fileName) ?? [];
  return size === undefined ? null : Number(size);
}
