import type { ByteText } from '../../../base/byte-text.ts';
import { ENTRY_TYPES, type EntryType, type LayerEntry } from '../../layer/layer-entry.ts';
import { formatXattrs, type LineFields } from './format-line.ts';

/** Entries of a segment, and of what each of them is made. */
const SEGMENT = 16_384;
const NUMBERS = 4;
const HASH_BYTES = 32;

interface Segment {
  /** uid, gid, size and mtime of each entry. */
  readonly numbers: Float64Array;
  /** The permission bits, and above them the index of the type. */
  readonly modes: Uint16Array;
  readonly hashes: Buffer;
}

/** What few entries have. */
interface Rarity {
  readonly mtimeNs: number;
  readonly xattrs: ByteText | null;
  readonly device: { readonly major: number; readonly minor: number } | null;
}

const PLAIN: Rarity = { mtimeNs: 0, xattrs: null, device: null };

/** The entries of one layer in tar order, held in columns: some 70 bytes an entry, and its path. */
export class InventoryTable {
  readonly #paths: ByteText[] = [];
  readonly #segments: Segment[] = [];
  readonly #links = new Map<number, ByteText>();
  readonly #rarities = new Map<number, Rarity>();

  get length(): number {
    return this.#paths.length;
  }

  add(entry: LayerEntry): void {
    const { tar, type } = entry;
    const row = this.#paths.push(entry.path) - 1;
    const at = row % SEGMENT;
    if (at === 0) this.#segments.push(createSegment());
    const { numbers, modes, hashes } = this.#segment(row);
    numbers[at * NUMBERS] = tar.uid;
    numbers[at * NUMBERS + 1] = tar.gid;
    numbers[at * NUMBERS + 2] = type === 'file' ? tar.size : 0;
    numbers[at * NUMBERS + 3] = tar.mtime;
    modes[at] = permissionBits(tar.mode) + ENTRY_TYPES.indexOf(type) * 0o10000;
    if (type === 'file') hashes.write(entry.sha256, at * HASH_BYTES, HASH_BYTES, 'hex');
    if (type === 'symlink' || type === 'hardlink') this.#links.set(row, entry.linkTarget);
    const device = type === 'char' || type === 'block' ? { major: tar.devMajor, minor: tar.devMinor } : null;
    if (tar.mtimeNs !== 0 || tar.xattrs !== null || device !== null) {
      const xattrs = tar.xattrs === null ? null : formatXattrs(tar.xattrs);
      this.#rarities.set(row, { mtimeNs: tar.mtimeNs, xattrs, device });
    }
  }

  /** The rows of symlinks and hard links, with what they name. */
  links(): Iterable<readonly [row: number, target: ByteText]> {
    return this.#links;
  }

  path(row: number): ByteText {
    return this.#paths[row] as ByteText;
  }

  type(row: number): EntryType {
    return ENTRY_TYPES[(this.#segment(row).modes[row % SEGMENT] as number) >> 12] as EntryType;
  }

  fields(row: number): LineFields {
    const { numbers, modes, hashes } = this.#segment(row);
    const at = row % SEGMENT;
    const type = this.type(row);
    const { mtimeNs, xattrs, device } = this.#rarities.get(row) ?? PLAIN;
    return {
      path: this.path(row),
      type,
      mode: (modes[at] as number) & 0o7777,
      uid: numbers[at * NUMBERS] as number,
      gid: numbers[at * NUMBERS + 1] as number,
      size: numbers[at * NUMBERS + 2] as number,
      mtime: numbers[at * NUMBERS + 3] as number,
      mtimeNs,
      sha256: type === 'file' ? hashes.toString('hex', at * HASH_BYTES, (at + 1) * HASH_BYTES) : '',
      linkTarget: this.#links.get(row) ?? null,
      xattrs,
      device,
    };
  }

  /** The rows sorted by the bytes of their paths; rows of equal paths keep the order of the tar. */
  sortedRows(): number[] {
    const paths = this.#paths;
    const rows = Array.from({ length: paths.length }, (_, row) => row);
    return rows.sort((a, b) => {
      const left = paths[a] as ByteText;
      const right = paths[b] as ByteText;
      return left < right ? -1 : left === right ? 0 : 1;
    });
  }

  /** The first statement of a path. @param rows as `sortedRows` gives them. */
  firstRow(rows: readonly number[], path: ByteText): number | null {
    const row = rows[this.#countUntil(rows, (other) => other < path)];
    return row !== undefined && this.path(row) === path ? row : null;
  }

  /** The last statement of a path. @param rows as `sortedRows` gives them. */
  lastRow(rows: readonly number[], path: ByteText): number | null {
    const row = rows[this.#countUntil(rows, (other) => other <= path) - 1];
    return row !== undefined && this.path(row) === path ? row : null;
  }

  /** How many sorted rows come before the first whose path does not precede. */
  #countUntil(rows: readonly number[], precedes: (path: ByteText) => boolean): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (precedes(this.path(rows[middle] as number))) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #segment(row: number): Segment {
    return this.#segments[Math.floor(row / SEGMENT)] as Segment;
  }
}

/** A mode may be any number, negative ones in two's complement. */
function permissionBits(mode: number): number {
  return ((mode % 0o10000) + 0o10000) % 0o10000;
}

function createSegment(): Segment {
  return {
    numbers: new Float64Array(SEGMENT * NUMBERS),
    modes: new Uint16Array(SEGMENT),
    hashes: Buffer.allocUnsafeSlow(SEGMENT * HASH_BYTES),
  };
}
