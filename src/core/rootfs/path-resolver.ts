import { type ByteText, fromBase64, fromText } from '../../base/byte-text.ts';
import { ROOT } from '../layer/entry-path.ts';
import type { InventoryEntry } from '../layer/inventory.ts';
import type { FileState } from './file-state.ts';
import type { Overlay } from './overlay.ts';
import type { Node } from './rootfs-node.ts';

/** Symlinks that one path may lead through, as in every engine that resolves inside a root. */
const MAX_HOPS = 255;
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
  readonly #directories = new Map<ByteText, Reached | null>();
  readonly #links = new Map<Node, Reached>();
  #turns = 0;

  constructor(overlay: Overlay) {
    this.#overlay = overlay;
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

  /** Goes on from the longest part of the path that is known. */
  #reach(path: ByteText): Reached | null {
    if (path.length > MAX_PATH) return null;
    if (path === ROOT) return { node: this.#overlay.root, hops: 0 };
    let known: Reached | null | undefined;
    let end = path.length;
    for (; end > 0; end = Math.max(0, path.lastIndexOf('/', end - 1))) {
      known = this.#directories.get(path.slice(0, end));
      if (known !== undefined) break;
    }
    let reached = known === undefined ? { node: this.#overlay.root, hops: 0 } : known;
    while (end < path.length) {
      const start = end === 0 ? 0 : end + 1;
      const slash = path.indexOf('/', start);
      end = slash === -1 ? path.length : slash;
      reached = reached && this.#step(reached, path.slice(start, end));
      this.#directories.set(path.slice(0, end), reached);
    }
    return reached;
  }

  #step({ node, hops }: Reached, name: ByteText): Reached | null {
    if (name === '' || name === '.') return { node, hops };
    if (name === '..') return { node: node.parent ?? node, hops };
    const child = this.#overlay.child(node, name);
    if (child === null) return null;
    const state = this.#overlay.at(child)?.state;
    return state?.type === 'symlink' ? this.#follow(child, state, hops + 1) : { node: child, hops };
  }

  #follow(link: Node, state: FileState, hops: number): Reached | null {
    if (hops > MAX_HOPS) return null;
    const known = this.#links.get(link);
    if (known !== undefined) {
      return hops + known.hops > MAX_HOPS ? null : { node: known.node, hops: hops + known.hops };
    }
    const target = targetOf(state);
    if (target.length > MAX_PATH) return null;
    let reached: Reached | null = {
      node: target.startsWith('/') ? this.#overlay.root : (link.parent ?? this.#overlay.root),
      hops,
    };
    for (const name of target.split('/')) {
      reached = this.#step(reached, name);
      if (reached === null) return null;
    }
    this.#links.set(link, { node: reached.node, hops: reached.hops - hops });
    return reached;
  }
}

/** The bytes of the target of a symlink or hard link. */
export function targetOf({ linkTarget = '', linkTargetBase64 }: LinkTarget): ByteText {
  return linkTargetBase64 === undefined ? fromText(linkTarget) : fromBase64(linkTargetBase64);
}
