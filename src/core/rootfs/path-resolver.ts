import { type ByteText, fromBase64, fromText } from '../../base/byte-text.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import { ROOT } from '../layer/entry-path.ts';
import type { FileState } from './file-state.ts';
import type { Overlay } from './overlay.ts';
import type { Node } from './rootfs-node.ts';
import type { Placed } from './rootfs-reader.ts';

/** Symlinks that one path may lead through, as in every engine that resolves inside a root. */
export const MAX_HOPS = 255;
/** PATH_MAX without its final NUL: no kernel takes a longer path or stores a longer target. In bytes. */
export const MAX_PATH = 4095;

type LinkTarget = Pick<InventoryEntry, 'linkTarget' | 'linkTargetBase64'>;

/** Where a path led, and through how many symlinks. */
interface Reached {
  readonly node: Node;
  readonly hops: number;
}

/**
 * Follows the paths of directories inside a root: absolute targets start at the root, `..` stops there.
 * What does not exist is taken as a plain name, since it may be about to be made.
 */
export class PathResolver {
  readonly #overlay: Overlay;
  readonly #symlinkAt: (node: Node) => FileState | null;
  readonly #directories = new Map<ByteText, Reached | null>();
  readonly #links = new Map<Node, Reached>();
  #turns = 0;

  /** @param symlinkAt the symlink to follow at a name; all that the overlay has, when it is not given. */
  constructor(
    overlay: Overlay,
    symlinkAt: (node: Node) => FileState | null = (node) => symlinkOf(overlay.at(node)),
  ) {
    this.#overlay = overlay;
    this.#symlinkAt = symlinkAt;
  }

  /** The node that a path stands for, its last component not followed; null when its links go in circles. */
  locate(path: ByteText): Node | null {
    if (path === ROOT) return this.#overlay.root;
    const slash = path.lastIndexOf('/');
    const directory = this.directory(slash === -1 ? ROOT : path.slice(0, slash));
    return directory && this.#overlay.child(directory, path.slice(slash + 1));
  }

  /** The node that a directory's path leads to, its last component followed too; null when links go in circles. */
  directory(path: ByteText): Node | null {
    if (this.#turns !== this.#overlay.turns) {
      this.#directories.clear();
      this.#links.clear();
      this.#turns = this.#overlay.turns;
    }
    return this.#reach(path)?.node ?? null;
  }

  #reach(path: ByteText): Reached | null {
    if (path.length > MAX_PATH) return null;
    let reached = this.#directories.get(path);
    if (reached === undefined) {
      reached = this.#walk({ node: this.#overlay.root, hops: 0 }, path);
      this.#directories.set(path, reached);
    }
    return reached;
  }

  #walk(from: Reached, path: ByteText): Reached | null {
    let reached: Reached | null = from;
    for (const name of path.split('/')) {
      reached = this.#step(reached, name);
      if (reached === null) return null;
    }
    return reached;
  }

  #step({ node, hops }: Reached, name: ByteText): Reached | null {
    if (name === '' || name === '.') return { node, hops };
    if (name === '..') return { node: node.parent ?? node, hops };
    const child = this.#overlay.child(node, name);
    if (child === null) return null;
    const symlink = this.#symlinkAt(child);
    return symlink ? this.#follow(child, symlink, hops + 1) : { node: child, hops };
  }

  #follow(link: Node, state: FileState, hops: number): Reached | null {
    if (hops > MAX_HOPS) return null;
    const known = this.#links.get(link);
    if (known !== undefined) {
      return hops + known.hops > MAX_HOPS ? null : { node: known.node, hops: hops + known.hops };
    }
    const target = targetOf(state);
    if (target.length > MAX_PATH) return null;
    const start = target.startsWith('/') ? null : link.parent;
    const reached = this.#walk({ node: start ?? this.#overlay.root, hops }, target);
    if (reached === null) return null;
    this.#links.set(link, { node: reached.node, hops: reached.hops - hops });
    return reached;
  }
}

const symlinkOf = (placed: Placed | null): FileState | null =>
  placed?.state.type === 'symlink' ? placed.state : null;

/** The bytes of the target of a symlink or hard link. */
export function targetOf({ linkTarget = '', linkTargetBase64 }: LinkTarget): ByteText {
  return linkTargetBase64 === undefined ? fromText(linkTarget) : fromBase64(linkTargetBase64);
}
