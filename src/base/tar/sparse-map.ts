import type { ByteText } from '../byte-text.ts';
import { BLOCK } from './header-block.ts';
import { type PaxRecords, SPARSE_MAP, withoutNul } from './pax-records.ts';
import { TarFault } from './tar-entry.ts';
import { readDecimal, readNumber } from './tar-numbers.ts';

/** The stored parts of a sparse file: offset and length in turn. */
export type SparseMap = readonly number[];

/** What extended headers say of a sparse file. */
export interface PaxSparse {
  /** The file's own name, where the archive gives the entry a made-up one. */
  readonly name: ByteText | null;
  /** Bytes of the file when expanded; null when not stated. */
  readonly size: number | null;
  /** Null when the map stands before the content (form 1.0). */
  readonly map: SparseMap | null;
}

/**
 * Reads the sparse records of an extended header, forms 0.0, 0.1 and 1.0.
 * @returns null when the entry is not sparse.
 * @see https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
 */
export function readPaxSparse(records: PaxRecords): PaxSparse | null {
  const major = records.get('GNU.sparse.major') ?? '';
  const minor = records.get('GNU.sparse.minor') ?? '';
  const map = records.get(SPARSE_MAP) ?? '';
  const version = major === '' && minor === '' ? (map === '' ? null : '0.1') : `${major}.${minor}`;
  if (version === null) return null;
  if (version !== '0.0' && version !== '0.1' && version !== '1.0') {
    throw new TarFault(`a sparse file of form ${JSON.stringify(version)}, which is not read`, 'unsupported');
  }
  const name = records.get('GNU.sparse.name') || null;
  const size = records.get('GNU.sparse.size') || records.get('GNU.sparse.realsize') || null;
  return {
    name: name === null ? null : withoutNul(name, 'GNU.sparse.name'),
    size: size === null ? null : readDecimal(size, 'the size of a sparse file'),
    map: version === '1.0' ? null : readPaxMap(map, records.get('GNU.sparse.numblocks') ?? ''),
  };
}

function readPaxMap(text: string, count: string): SparseMap {
  const numbers = text === '' ? [] : text.split(',').map((number) => readDecimal(number, 'the sparse map'));
  if (numbers.length !== 2 * readDecimal(count, 'the length of the sparse map')) {
    throw new TarFault('the sparse map is not as long as it says');
  }
  return numbers;
}

/** Where sparse entries stand in a header block of the old GNU form, and in the blocks that continue it. */
const IN_HEADER = { at: 386, entries: 4, more: 482 } as const;
const IN_EXTENSION = { at: 0, entries: 21, more: 504 } as const;

/**
 * Reads the part of an old GNU sparse map that stands in one block.
 * @returns whether a further block continues it.
 */
export function readOldSparse(
  block: Buffer,
  at: number,
  place: 'header' | 'extension',
  map: number[],
): boolean {
  const { at: first, entries, more } = place === 'header' ? IN_HEADER : IN_EXTENSION;
  for (let i = 0; i < entries; i++) {
    const entryAt = at + first + i * 24;
    if (block[entryAt] === 0) break;
    map.push(
      readNumber(block, entryAt, 12, 'the sparse map'),
      readNumber(block, entryAt + 12, 12, 'the sparse map'),
    );
  }
  return block[at + more] !== 0;
}

/** The expanded size in a header block of the old GNU form. */
export function readOldSparseSize(block: Buffer, at: number): number {
  return readNumber(block, at + 483, 12, 'the size of a sparse file');
}

const NEWLINE = 0x0a;

/** Gathers the map of form 1.0: decimal lines in whole blocks before the content, the first telling how many. */
export class LeadingSparseMap {
  readonly #numbers: number[] = [];
  #line = '';

  /** Takes the next block. @returns the map once it is complete; what is left of the block is padding. */
  push(block: Buffer, at: number): SparseMap | null {
    const end = at + BLOCK;
    for (let lineAt = at; lineAt < end; ) {
      const newline = block.indexOf(NEWLINE, lineAt);
      const lineEnd = newline === -1 || newline >= end ? end : newline;
      this.#line += block.toString('latin1', lineAt, lineEnd);
      if (this.#line.length > 20) throw new TarFault('the sparse map has a line that is not a number');
      if (lineEnd === end) return null;
      this.#numbers.push(readDecimal(this.#line, 'the sparse map'));
      this.#line = '';
      if (this.#numbers.length - 1 === 2 * (this.#numbers[0] ?? 0)) return this.#numbers.slice(1);
      lineAt = newline + 1;
    }
    return null;
  }
}

/**
 * Checks a map against the expanded and the stored size: ascending, no overlap, nothing beyond the end,
 * and just as many bytes as are stored.
 */
export function checkSparseMap(map: SparseMap, expanded: number, stored: number): void {
  let end = 0;
  let total = 0;
  for (let i = 0; i < map.length; i += 2) {
    const offset = map[i] ?? 0;
    const length = map[i + 1] ?? 0;
    if (offset < end || length < 0) throw new TarFault('the sparse map goes backwards');
    end = offset + length;
    total += length;
  }
  if (end > expanded || expanded < 0) throw new TarFault('the sparse map goes beyond the end of its file');
  if (total !== stored) throw new TarFault('the sparse map covers other bytes than are stored');
}
