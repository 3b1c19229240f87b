import { isUtf8 } from 'node:buffer';
import { type ByteText, fromBase64, fromText } from '../../../base/byte-text.ts';
import { pathBytes, ROOT } from '../../layer/entry-path.ts';
import type { EntryType } from '../../layer/layer-entry.ts';
import { malformed } from '../../words/stored-json.ts';
import type { LayerFacts } from '../analyzer.ts';
import type { InventoryEntry, InventoryHeader } from './inventory.ts';
import { parseInventoryHeader, requireInventoryOf } from './inventory-header.ts';
import { linePath, parseLine } from './parse-line.ts';

const NEWLINE = 0x0a;

/** The inventory of a layer. @throws VarveError `malformed`, also for the inventory of another layer. */
export function openInventory(payload: Uint8Array, layer: LayerFacts, object: string): Inventory {
  const inventory = new Inventory(payload, object);
  requireInventoryOf(layer, inventory.header, object);
  return inventory;
}

/**
 * A `layer.files` payload, read where it lies: looking something up parses a handful of its lines.
 * Everything throws VarveError `malformed`, naming the object, for bytes that are not an inventory.
 */
export class Inventory {
  readonly header: InventoryHeader;
  readonly #bytes: Buffer;
  readonly #object: string;
  /** Where the first entry's line begins. */
  readonly #start: number;

  /**
   * @param payload the whole uncompressed payload, its digest verified.
   * @param object what the payload is, for errors.
   */
  constructor(payload: Uint8Array, object: string) {
    this.#bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#object = object;
    this.#start = this.#bytes.indexOf(NEWLINE) + 1;
    if (this.#start === 0 || this.#bytes.at(-1) !== NEWLINE)
      throw malformed(object, 'does not end with a newline');
    if (!isUtf8(this.#bytes)) throw malformed(object, 'is not UTF-8 text');
    this.header = parseInventoryHeader(this.#bytes.subarray(0, this.#start - 1), object);
  }

  /** All entries in the order of their paths' bytes. Order and number are checked on the way. */
  *entries(): Generator<InventoryEntry, void> {
    let count = 0;
    let previous: ByteText = '';
    for (let at = this.#start; at < this.#bytes.length; count++) {
      const end = this.#bytes.indexOf(NEWLINE, at);
      const entry = this.#parse(at, end);
      const path = pathBytes(entry);
      if (path < previous) throw malformed(this.#object, `is not sorted at ${JSON.stringify(entry.path)}`);
      previous = path;
      yield entry;
      at = end + 1;
    }
    if (count !== this.header.entries) {
      throw malformed(this.#object, `has ${count} entries, its header says ${this.header.entries}`);
    }
  }

  /** The last entry in the tar with this path; null when there is none. */
  find(path: ByteText): InventoryEntry | null {
    // It stands before the first line of the next possible path: none has a NUL.
    const end = this.#firstFrom(`${path}\0`);
    if (end === this.#start) return null;
    const at = this.#lineStart(end - 1);
    return this.#pathAt(at, end - 1) === path ? this.#parse(at, end - 1) : null;
  }

  /** The entries below a directory, however deep, in order; the directory itself is not among them. */
  *below(directory: ByteText): Generator<InventoryEntry, void> {
    const prefix = directory === ROOT ? '' : `${directory}/`;
    for (let at = this.#firstFrom(prefix); at < this.#bytes.length; ) {
      const end = this.#bytes.indexOf(NEWLINE, at);
      const path = this.#pathAt(at, end);
      if (!path.startsWith(prefix)) return;
      if (path !== ROOT) yield this.#parse(at, end);
      at = end + 1;
    }
  }

  /** The entries of one type, in order, found without parsing the others. */
  *ofType(type: EntryType): Generator<InventoryEntry, void> {
    // In canonical JSON these quotes cannot stand inside a string.
    const needle = Buffer.from(`"type":"${type}"`);
    for (let hit = this.#bytes.indexOf(needle, this.#start); hit !== -1; ) {
      const end = this.#bytes.indexOf(NEWLINE, hit);
      const entry = this.#parse(this.#lineStart(hit), end);
      // An extended attribute may be called `type`.
      if (entry.type === type) yield entry;
      hit = this.#bytes.indexOf(needle, end);
    }
  }

  /** Whether a file with this content, a hexadecimal SHA-256, is among the entries, found without parsing them. */
  hasContent(sha256: string): boolean {
    const needle = Buffer.from(`"sha256":"${sha256}"`);
    for (let hit = this.#bytes.indexOf(needle, this.#start); hit !== -1; ) {
      const end = this.#bytes.indexOf(NEWLINE, hit);
      // An extended attribute may be called `sha256`.
      if (this.#parse(this.#lineStart(hit), end).sha256 === sha256) return true;
      hit = this.#bytes.indexOf(needle, end);
    }
    return false;
  }

  symlinks(): Iterable<InventoryEntry> {
    return this.ofType('symlink');
  }

  /** Whiteouts and opaque markers, in order. */
  whiteouts(): Iterable<InventoryEntry> {
    const found = [...this.ofType('whiteout'), ...this.ofType('opaque')];
    const keyed = found.map((entry) => ({ entry, path: pathBytes(entry) }));
    keyed.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return keyed.map(({ entry }) => entry);
  }

  /**
   * The directories that entries stand in, at once and not further up, and that this layer does not state as
   * directories. Where a lower layer has a symlink there, the entry is reached through it.
   */
  implicitParents(): ByteText[] {
    const { implicitParents, implicitParentsBase64 = [] } = this.header;
    return [...implicitParents.map(fromText), ...implicitParentsBase64.map(fromBase64)];
  }

  /** Where the first line begins whose path is not before a path; the end when there is none. */
  #firstFrom(path: ByteText): number {
    let low = this.#start;
    let high = this.#bytes.length;
    while (low < high) {
      const at = this.#lineStart(Math.floor((low + high) / 2));
      const end = this.#bytes.indexOf(NEWLINE, at);
      if (this.#pathAt(at, end) < path) low = end + 1;
      else high = at;
    }
    return low;
  }

  /** Where the line begins that a byte stands in; a newline belongs to the line it ends. */
  #lineStart(at: number): number {
    return this.#bytes.lastIndexOf(NEWLINE, at - 1) + 1;
  }

  #pathAt(start: number, end: number): ByteText {
    const path = linePath(this.#bytes, start, end);
    if (path === null) throw this.#badLine(start, end);
    return path;
  }

  #parse(start: number, end: number): InventoryEntry {
    const entry = parseLine(this.#bytes.toString('utf8', start, end));
    if (entry === null) throw this.#badLine(start, end);
    return entry;
  }

  #badLine(start: number, end: number) {
    const line = this.#bytes.toString('utf8', start, Math.min(end, start + 200));
    return malformed(this.#object, `has a line that is not an entry: ${JSON.stringify(line)}`);
  }
}
