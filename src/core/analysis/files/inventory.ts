import type { Digest } from '../../../base/digest.ts';
import type { EntryType } from '../../layer/layer-entry.ts';
import type { Finding } from '../../words/finding.ts';

/** Kind of the fragments that hold inventories. */
export const INVENTORY_KIND = 'layer.files';

export const INVENTORY_SCHEMA = 'varve.layer-files@1';

/** First line of a `layer.files` fragment. */
export interface InventoryHeader {
  readonly schema: typeof INVENTORY_SCHEMA;
  readonly diffId: Digest;
  readonly entries: number;
  /** Bytes of the layer's tar. */
  readonly uncompressedSize: number;
  /** SHA-256 over the raw names, each ended by NUL, in tar order. */
  readonly orderDigest: Digest;
  readonly findings: readonly Finding[];
  /**
   * Directories that entries stand in although the layer does not state them as directories, in byte order.
   * Where one of them comes from a lower layer, it may be a symlink there, and the entry is reached through it.
   */
  readonly implicitParents: readonly string[];
  /** The exact bytes of those that are not UTF-8, which the list above leaves out. */
  readonly implicitParentsBase64?: readonly string[];
}

/** One tar entry as the layer states it; one line of a `layer.files` fragment. */
export interface InventoryEntry {
  /** No leading or trailing slash, `.` for the root; bytes that are not UTF-8 as `\xNN`. */
  readonly path: string;
  /** The exact bytes of a path that is not UTF-8. */
  readonly pathBase64?: string;
  readonly type: EntryType;
  /** Octal text of the permission bits, such as `0755` or `4755`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file, sparse files expanded; 0 for everything else. */
  readonly size: number;
  /** Whole seconds since 1970, and the nanoseconds beyond them where the tar states them. */
  readonly mtime: number;
  readonly mtimeNs?: number;
  /** Bare hexadecimal SHA-256 of a file's content: on every `file`, on nothing else. */
  readonly sha256?: string;
  /** Target of a symlink (as written) or hard link (normalised like a path). */
  readonly linkTarget?: string;
  readonly linkTargetBase64?: string;
  /** Extended attributes, values in base64. */
  readonly xattrs?: Readonly<Record<string, string>>;
  readonly device?: { readonly major: number; readonly minor: number };
}
