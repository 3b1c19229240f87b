import type { ByteText } from '../../base/byte-text.ts';
import { VarveError } from '../../base/errors.ts';
import { ROOT } from '../layer/entry-path.ts';
import { type FileState, IMPLICIT_DIRECTORY } from './file-state.ts';
import { isPlaced, MAX_DEPTH, NONE, Node } from './rootfs-node.ts';
import type { Placed, RootfsReader } from './rootfs-reader.ts';
import { descend } from './walk-nodes.ts';

/** Names that may be made at once, and further ones for each entry: the names of its parents among them. */
const ROOM = 1_000_000;
const ROOM_PER_ENTRY = 16;

/** Changes of one or more layers over a lower root filesystem, which is only asked and never changed. */
export class Overlay {
  readonly root = new Node(null, '');
  readonly #lower: RootfsReader | null;
  #room = ROOM;
  /** Counts changes that can lead a path elsewhere: directories and symlinks that came or went. */
  turns = 0;
  /** The inodes that hard links of these layers name. */
  readonly linked = new Set<FileState>();

  /** @param lower null for nothing at all. */
  constructor(lower: RootfsReader | null) {
    this.#lower = lower;
    if (lower === null) {
      this.root.state = IMPLICIT_DIRECTORY;
      this.root.layer = 0;
    }
  }

  /** Lets one more entry be placed, with the directories that it may need. */
  makeRoom(): void {
    this.#room += ROOM_PER_ENTRY;
  }

  /** The node of a name in a directory, made when there is none; null deeper than a path can be. */
  child(parent: Node, name: ByteText): Node | null {
    parent.children ??= new Map();
    const known = parent.children.get(name);
    if (known !== undefined) return known;
    if (parent.depth === MAX_DEPTH) return null;
    if (--this.#room < 0) {
      throw new VarveError(
        'limit-exceeded',
        'a few entries of the image need more than a million directories',
        {
          hint: 'such paths are made to exhaust programs that unpack them; varve layer ls shows them',
        },
      );
    }
    const node = new Node(parent, name);
    parent.children.set(name, node);
    return node;
  }

  /** What stands under a name now. */
  at(node: Node): Placed | null {
    if (isPlaced(node)) return node;
    return node.hiddenBy === NONE ? this.lowerAt(node) : null;
  }

  /** What the lower rootfs has under a name, whether it shows or not. */
  lowerAt(node: Node): Placed | null {
    if (node.lower === undefined)
      node.lower = this.#hasLowerParent(node) ? this.#lookupLower(node.path) : null;
    return node.lower;
  }

  #hasLowerParent({ parent }: Node): boolean {
    return this.#lower !== null && (parent === null || this.lowerAt(parent)?.state.type === 'dir');
  }

  #lookupLower(path: ByteText): Placed | null {
    return this.#lower?.lookup(path) ?? null;
  }

  /** The layer that took away what once stood at a real path where nothing stands now; null when nothing ever did. */
  hiderOf(path: ByteText): number | null {
    const { node, rest } = descend(this.root, path);
    if (rest === '' && node.state !== null) return null;
    if (rest === '' && node.layer !== NONE) return node.layer;
    const by = rest === '' ? node.hiddenBy : node.hiddenBelowBy;
    if (by !== NONE && this.#lookupLower(path)) return by;
    return this.#lower?.hiderOf(path) ?? null;
  }

  /** Copies what the lower rootfs has below a directory, so that it can be walked. Changes no answer. */
  takeIn(directory: ByteText): Node {
    for (const [path, placed] of this.#lower?.descendants(directory) ?? []) {
      this.makeRoom();
      const node = this.#nodeOf(path);
      if (node.state !== null || node.hiddenBy !== NONE) continue;
      node.state = placed.state;
      node.layer = placed.layer;
      node.unstatedIn = placed.unstatedIn ?? NONE;
    }
    return this.#nodeOf(directory);
  }

  /** Puts a state under a name. Anything but a directory over a directory replaces, with all that is below. */
  put(node: Node, state: FileState, layer: number): void {
    const old = this.at(node)?.state.type;
    if (old === 'dir' && state.type !== 'dir') this.#clearBelow(node, layer, layer + 1);
    if (state.type === 'symlink' || (old !== state.type && (old === 'dir' || old === 'symlink')))
      this.turns++;
    node.state = state;
    node.layer = layer;
    node.unstatedIn = NONE;
  }

  /** Notes that a layer needs a directory of lower layers and leaves its rights unsaid. */
  leaveUnstated(node: Node, layer: number): void {
    const placed = this.at(node);
    if (placed === null) return;
    node.state = placed.state;
    node.layer = placed.layer;
    node.unstatedIn = layer;
  }

  /** Makes a name a further one of an inode. */
  link(node: Node, state: FileState, layer: number): void {
    this.put(node, state, layer);
    this.linked.add(state);
  }

  /** Hides what layers before this one have under a name and below. */
  hide(node: Node, layer: number): void {
    this.#clear(node, layer, layer);
    this.hideBelow(node, layer);
  }

  /** Hides what layers before this one have below a directory. What a layer has hidden already stays hidden. */
  hideBelow(node: Node, layer: number): void {
    if (node.clearedBelowBy === layer) return;
    const kept = this.#clearBelow(node, layer, layer);
    for (const survivor of kept) this.#keepDirectories(survivor, layer);
    this.turns++;
  }

  /**
   * Removes what layers before `bound` put below a name. Gives what is left, except what is below a name that the layer
   * has cleared before.
   */
  #clearBelow(top: Node, by: number, bound: number): Node[] {
    const kept: Node[] = [];
    const left = [top];
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      if (node.hiddenBelowBy === NONE) node.hiddenBelowBy = by;
      if (bound === by) {
        if (node.clearedBelowBy === by) continue;
        node.clearedBelowBy = by;
      }
      for (const child of node.children?.values() ?? []) {
        this.#clear(child, by, bound);
        if (child.state !== null) kept.push(child);
        left.push(child);
      }
    }
    return kept;
  }

  #clear(node: Node, by: number, bound: number): void {
    if (node.state === null ? this.at(node) !== null : node.layer < bound) {
      node.state = null;
      node.layer = by;
    }
    if (node.hiddenBy === NONE) node.hiddenBy = by;
  }

  /** What a layer itself put below something that it hides stands in directories that nothing states any more. */
  #keepDirectories(node: Node, layer: number): void {
    for (let above = node.parent; above !== null && this.at(above) === null; above = above.parent) {
      above.state = IMPLICIT_DIRECTORY;
      above.layer = layer;
      above.unstatedIn = NONE;
    }
  }

  #nodeOf(path: ByteText): Node {
    if (path === ROOT) return this.root;
    let node = this.root;
    for (const name of path.split('/')) {
      const child = this.child(node, name);
      if (child === null) throw new VarveError('internal', `a path is deeper than ${MAX_DEPTH} directories`);
      node = child;
    }
    return node;
  }
}
