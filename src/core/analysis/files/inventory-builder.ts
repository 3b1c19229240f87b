import { createHash } from 'node:crypto';
import { type ByteText, fromText, isUtf8Text, toBase64, toText } from '../../../base/byte-text.ts';
import { canonicalJson } from '../../../base/canonical-json.ts';
import { type Digest, digestFromHex } from '../../../base/digest.ts';
import { type Limits, limitExceeded } from '../../../base/limits.ts';
import { mergeFindings } from '../../layer/finding-log.ts';
import type { LayerEntry } from '../../layer/layer-entry.ts';
import type { LayerContext, LayerFacts } from '../analyzer.ts';
import { formatLine } from './format-line.ts';
import { findImplicitParents } from './implicit-parents.ts';
import { INVENTORY_SCHEMA, type InventoryHeader } from './inventory.ts';
import { InventoryTable } from './inventory-table.ts';

/** What the files analyzer reports. */
export const FILE_FINDINGS = {
  'duplicate-entry':
    'A path is stated more than once: the last statement counts, those before it have no effect.',
  'hard-link-unstated':
    'A hard link names what its layer does not state before it: it leads to what is there once the layer is merged, though engines link to what they have met so far, or refuse the layer.',
} as const;

export type FileFindingCode = keyof typeof FILE_FINDINGS;

/** Bytes of names that are hashed in one call. */
const NAMES = 64 * 1024;

/** Bytes of names and attributes that may be held for each entry that there may be, and at least in all. */
const TEXT_BYTES_AN_ENTRY = 256;
const LEAST_TEXT_BYTES = 16 * 1024 * 1024;

/** Bytes of implicit parents that may stand in a header. */
const PARENT_BYTES = 256 * 1024 * 1024;

/** Gathers the entries of one layer and writes them as an inventory. */
export class InventoryBuilder {
  readonly #object: string;
  readonly #limits: Limits;
  readonly #context: LayerContext<FileFindingCode>;
  readonly #table = new InventoryTable();
  readonly #order = createHash('sha256');
  /** Names wait here, since hashing each by itself is slow. */
  readonly #names = Buffer.allocUnsafeSlow(NAMES);
  #namesFilled = 0;
  #textBytes = 0;

  constructor(context: LayerContext<FileFindingCode>) {
    this.#object = context.object;
    this.#limits = context.limits;
    this.#context = context;
  }

  /** @throws VarveError `limit-exceeded` over `limits.layerEntries`. */
  add(entry: LayerEntry): void {
    if (this.#table.length >= this.#limits.layerEntries) {
      throw limitExceeded('layerEntries', this.#limits, `${this.#object}: the number of entries`);
    }
    this.#textBytes += textBytesOf(entry);
    this.#checkText(
      this.#textBytes,
      Math.max(LEAST_TEXT_BYTES, TEXT_BYTES_AN_ENTRY * this.#limits.layerEntries),
    );
    this.#table.add(entry);
    this.#addToOrder(entry.tar.name);
  }

  /** Writes the inventory: its header, then a line for each entry. */
  finish(layer: LayerFacts, write: (bytes: ByteText) => void): void {
    const table = this.#table;
    const rows = table.sortedRows();
    this.#reportDuplicates(rows);
    this.#reportEarlyLinks(rows);
    write(`${fromText(canonicalJson(this.#header(layer, rows)))}\n`);
    for (const row of rows) write(`${formatLine(table.fields(row))}\n`);
  }

  #header({ diffId, uncompressedSize }: LayerFacts, rows: readonly number[]): InventoryHeader {
    const parents = findImplicitParents(this.#table, rows);
    this.#checkText(
      parents.reduce((sum, { length }) => sum + length, 0),
      PARENT_BYTES,
    );
    const { layerFindings, findings } = this.#context;
    const inexact = parents.filter((path) => !isUtf8Text(path));
    return {
      schema: INVENTORY_SCHEMA,
      diffId,
      entries: this.#table.length,
      uncompressedSize,
      orderDigest: this.#orderDigest(),
      findings: mergeFindings([layerFindings.list(), findings.list()]),
      implicitParents: parents.filter(isUtf8Text).map(toText),
      ...(inexact.length === 0 ? {} : { implicitParentsBase64: inexact.map(toBase64) }),
    };
  }

  /** Names may be as long as a header: few entries could take any amount of memory. */
  #checkText(bytes: number, most: number): void {
    if (bytes > most)
      throw limitExceeded('layerEntries', this.#limits, `${this.#object}: what its names take`);
  }

  #reportDuplicates(rows: readonly number[]): void {
    let previous: ByteText | null = null;
    let reported: ByteText | null = null;
    for (const row of rows) {
      const path = this.#table.path(row);
      if (path === previous && path !== reported) {
        this.#context.findings.add('duplicate-entry', path);
        reported = path;
      }
      previous = path;
    }
  }

  #reportEarlyLinks(rows: readonly number[]): void {
    const table = this.#table;
    for (const [row, target] of table.links()) {
      if (table.type(row) !== 'hardlink') continue;
      const stated = table.firstRow(rows, target);
      if (stated === null || stated >= row) {
        this.#context.findings.add('hard-link-unstated', table.path(row), `to ${toText(target)}`);
      }
    }
  }

  #addToOrder(name: ByteText): void {
    if (this.#namesFilled + name.length >= NAMES) this.#flushNames();
    if (name.length >= NAMES) this.#order.update(name, 'latin1');
    else this.#namesFilled += this.#names.write(name, this.#namesFilled, 'latin1');
    this.#names[this.#namesFilled++] = 0;
  }

  #flushNames(): void {
    this.#order.update(this.#names.subarray(0, this.#namesFilled));
    this.#namesFilled = 0;
  }

  #orderDigest(): Digest {
    this.#flushNames();
    return digestFromHex(this.#order.digest('hex'));
  }
}

function textBytesOf({ path, linkTarget, tar }: LayerEntry): number {
  let bytes = path.length + linkTarget.length;
  for (const [name, value] of tar.xattrs ?? []) bytes += name.length + value.length;
  return bytes;
}
