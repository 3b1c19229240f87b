import type { ByteText } from '../../base/byte-text.ts';
import type { InventoryEntry, InventoryHeader } from '../analysis/files/inventory.ts';
import type { FileState } from './file-state.ts';

/** A state, and the index of the layer that put it there. */
export interface Placed {
  readonly state: FileState;
  readonly layer: number;
  /** The layer that needs a directory with rights of its own and leaves them unsaid; absent or NONE without any. */
  readonly unstatedIn?: number;
}

/** A root filesystem that can be asked. Paths are bytes and real: no component but the last is a symlink. */
export interface RootfsReader {
  /** What stands at a path; null when nothing does. The root always stands. */
  lookup(path: ByteText): Placed | null;
  /** The layer that took away what once stood at a path where nothing stands now; null when nothing ever did. */
  hiderOf(path: ByteText): number | null;
  /** All that stands below a directory, sorted by path. */
  descendants(directory: ByteText): Iterable<readonly [path: ByteText, placed: Placed]>;
}

/** What merging reads of one layer: an `Inventory`, or anything like it. */
export interface LayerView {
  readonly header: InventoryHeader;
  /** All entries, sorted by the bytes of their paths; equal paths in tar order. */
  entries(): Iterable<InventoryEntry>;
  /** The whiteouts and opaque markers among them, in the same order. */
  whiteouts(): Iterable<InventoryEntry>;
  /** Whether a file of this content, a hexadecimal SHA-256, is among the entries. */
  hasContent(sha256: string): boolean;
  /** The last entry with this path. */
  find(path: ByteText): InventoryEntry | null;
  /** The entries below a directory, in order. */
  below(directory: ByteText): Iterable<InventoryEntry>;
  /** The directories that entries stand in, at once, and that the layer does not state as directories. */
  implicitParents(): Iterable<ByteText>;
}
