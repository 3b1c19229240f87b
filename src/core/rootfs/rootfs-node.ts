import type { ByteText } from '../../base/byte-text.ts';
import { ROOT } from '../layer/entry-path.ts';
import type { FileState } from './file-state.ts';
import type { Placed } from './rootfs-reader.ts';

/** As deep as a path can be that a kernel takes: PATH_MAX is 4096, and each component needs a slash. */
export const MAX_DEPTH = 2048;

/** Nobody: stands where the index of a layer would. */
export const NONE = -1;

/** One name in an overlay. */
export class Node {
  readonly parent: Node | null;
  readonly name: ByteText;
  readonly depth: number;
  children: Map<ByteText, Node> | null = null;
  /** What layers of the overlay put here; null where they did not, or hid it again. */
  state: FileState | null = null;
  /** The layer that put the state here, or with no state the one that hid what stood here. */
  layer: number = NONE;
  /** The layer that needs this directory and leaves its rights unsaid, above the one that states them; else NONE. */
  unstatedIn: number = NONE;
  /** The layer that hid what the lower rootfs has under this very name; NONE while it shows. */
  hiddenBy: number;
  /** The layer that hid what the lower rootfs has below this name; NONE while it shows. */
  hiddenBelowBy: number;
  /** The last layer that took away what earlier ones put below this name: it does so once. */
  clearedBelowBy: number = NONE;
  /** What the lower rootfs has under this name, once asked. */
  lower: Placed | null | undefined = undefined;

  constructor(parent: Node | null, name: ByteText) {
    this.parent = parent;
    this.name = name;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.hiddenBy = parent === null ? NONE : parent.hiddenBelowBy;
    this.hiddenBelowBy = this.hiddenBy;
  }

  get path(): ByteText {
    if (this.parent === null) return ROOT;
    let path = this.name;
    for (let node = this.parent; node.parent !== null; node = node.parent) path = `${node.name}/${path}`;
    return path;
  }
}

/** Tells whether layers of the overlay put something under a name. */
export function isPlaced(node: Node): node is Node & Placed {
  return node.state !== null;
}
