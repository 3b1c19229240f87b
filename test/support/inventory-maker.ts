import { canonicalJson } from '../../src/base/canonical-json.ts';
import { type Digest, digestOf } from '../../src/base/digest.ts';
import {
  INVENTORY_SCHEMA,
  type InventoryEntry,
  type InventoryHeader,
} from '../../src/core/analysis/files/inventory.ts';
import { Inventory } from '../../src/core/analysis/files/inventory-view.ts';
import { parentOf, pathBytes, pathName, ROOT } from '../../src/core/layer/entry-path.ts';
import type { Finding } from '../../src/core/words/finding.ts';

/** What most entries of tests do not care about. */
type Details = Partial<Omit<InventoryEntry, 'path' | 'type'>>;

const PLAIN = { mode: '0644', uid: 0, gid: 0, size: 0, mtime: 1_700_000_000 } as const;

/** Makers of entries. Contents are given as text and hashed. */
export function file(path: string, content = path, details: Details = {}): InventoryEntry {
  const size = Buffer.byteLength(content);
  return {
    path,
    type: 'file',
    ...PLAIN,
    size,
    sha256: digestOf(content).slice('sha256:'.length),
    ...details,
  };
}

export function dir(path: string, details: Details = {}): InventoryEntry {
  return { path, type: 'dir', ...PLAIN, mode: '0755', ...details };
}

export function symlink(path: string, linkTarget: string, details: Details = {}): InventoryEntry {
  return { path, type: 'symlink', ...PLAIN, mode: '0777', linkTarget, ...details };
}

export function hardlink(path: string, linkTarget: string, details: Details = {}): InventoryEntry {
  return { path, type: 'hardlink', ...PLAIN, linkTarget, ...details };
}

export function device(path: string, major: number, minor: number, details: Details = {}): InventoryEntry {
  return { path, type: 'char', ...PLAIN, device: { major, minor }, ...details };
}

/** Hides a path of lower layers. */
export function whiteout(path: string): InventoryEntry {
  const slash = path.lastIndexOf('/') + 1;
  return { path: `${path.slice(0, slash)}.wh.${path.slice(slash)}`, type: 'whiteout', ...PLAIN };
}

/** Hides all that lower layers have in a directory. */
export function opaque(directory: string): InventoryEntry {
  const path = directory === ROOT ? '.wh..wh..opq' : `${directory}/.wh..wh..opq`;
  return { path, type: 'opaque', ...PLAIN };
}

/** The name of bytes that are not UTF-8, given one character a byte. */
export function rawName(bytes: string): { readonly path: string; readonly pathBase64?: string } {
  return pathName(bytes);
}

export interface MadeLayer {
  readonly findings?: readonly Finding[];
  readonly uncompressedSize?: number;
  readonly diffId?: Digest;
}

/** The inventory of a layer whose tar has these entries in this order. */
export function inventoryOf(tarOrder: readonly InventoryEntry[], made: MadeLayer = {}): Inventory {
  return new Inventory(Buffer.from(inventoryText(tarOrder, made)), 'an inventory of a test');
}

/** The `layer.files` payload of a layer. */
export function inventoryText(tarOrder: readonly InventoryEntry[], made: MadeLayer = {}): string {
  const entries = [...tarOrder].sort((a, b) => compare(pathBytes(a), pathBytes(b)));
  const order = Buffer.from(tarOrder.map((entry) => `${pathBytes(entry)}\0`).join(''), 'latin1');
  const implicit = implicitParents(entries).map(pathName);
  const inexact = implicit.flatMap(({ pathBase64 }) => pathBase64 ?? []);
  const header: InventoryHeader = {
    schema: INVENTORY_SCHEMA,
    diffId: made.diffId ?? digestOf(canonicalJson(tarOrder)),
    entries: entries.length,
    uncompressedSize: made.uncompressedSize ?? 10_240,
    orderDigest: digestOf(order),
    findings: made.findings ?? [],
    implicitParents: implicit.filter(({ pathBase64 }) => pathBase64 === undefined).map(({ path }) => path),
    ...(inexact.length > 0 && { implicitParentsBase64: inexact }),
  };
  return `${[header, ...entries].map(canonicalJson).join('\n')}\n`;
}

function implicitParents(entries: readonly InventoryEntry[]): string[] {
  const types = new Map(entries.map((entry) => [pathBytes(entry), entry.type]));
  const parents = new Set([...types.keys()].map((path) => parentOf(path)));
  return [...parents]
    .filter((path) => path !== null && path !== ROOT && types.get(path) !== 'dir')
    .sort() as string[];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
