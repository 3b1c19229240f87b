import type { ByteText } from '../../base/byte-text.ts';
import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import type { Finding } from '../words/finding.ts';
import { type FileState, IMPLICIT_DIRECTORY, isState } from './file-state.ts';
import { statementsOf } from './layer-statements.ts';
import type { Overlay } from './overlay.ts';
import { PathResolver, targetOf } from './path-resolver.ts';
import type { Node } from './rootfs-node.ts';
import type { LayerView } from './rootfs-reader.ts';

/** What merging finds odd, with one sentence for the documentation. */
export const MERGE_FINDINGS = {
  'unreachable-path':
    'Symlinks on the way to a path go in circles or lead too deep: the entry has no effect.',
  'parent-not-directory': 'An entry stands below what the same layer states as a file: it has no effect.',
  'parent-replaced':
    'An entry stands below a file of a lower layer: a directory takes the place of the file.',
  'below-own-symlink':
    'An entry stands below what the same layer states as a symlink: it is put where that leads, though an engine that meets it before the symlink would lose it.',
  'broken-hard-link': 'A hard link names nothing, a directory or itself: it has no effect.',
} as const;

/**
 * Puts one more layer on an overlay, as its extraction over the lower layers would: parents are followed through
 * symlinks inside the root, and hard links come last, so that their targets may stand anywhere in the layer.
 * @returns what was odd.
 * @throws VarveError `limit-exceeded` when few entries need very many directories.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets
 */
export function* applyLayer(overlay: Overlay, index: number, layer: LayerView): Pausable<Finding[]> {
  const application = new Application(overlay, index);
  let count = 0;
  for (const statement of statementsOf(layer)) {
    if (++count % STRIDE === 0) yield;
    if (statement.kind === 'entry') application.place(statement.path, statement.entry);
    else if (statement.kind === 'hide') application.hide(statement.path);
    else application.hideBelow(statement.path);
  }
  application.settleLinks();
  return application.findings;
}

class Application {
  readonly findings: Finding[] = [];
  readonly #overlay: Overlay;
  readonly #layer: number;
  readonly #resolver: PathResolver;
  /** Symlinks of the layer that the paths at hand begin with. */
  readonly #symlinks: ByteText[] = [];
  /** Hard links that wait for their targets. */
  readonly #links = new Map<Node, InventoryEntry>();

  constructor(overlay: Overlay, layer: number) {
    this.#overlay = overlay;
    this.#layer = layer;
    this.#resolver = new PathResolver(overlay);
  }

  place(path: ByteText, entry: InventoryEntry): void {
    this.#overlay.makeRoom();
    const belowSymlink = this.#isBelowSymlink(path, entry);
    const node = this.#resolver.locate(path);
    if (node === null) {
      this.#report('unreachable-path', entry);
      return;
    }
    if (belowSymlink) this.#report('below-own-symlink', entry);
    if (!isState(entry)) {
      this.#links.set(node, entry);
    } else if (this.#makeParents(node, entry)) {
      this.#links.delete(node);
      this.#overlay.put(node, entry, this.#layer);
    }
  }

  /** Entries come sorted, so those below a symlink come while paths still begin with its own. */
  #isBelowSymlink(path: ByteText, { type }: InventoryEntry): boolean {
    const symlinks = this.#symlinks;
    while (symlinks.length > 0 && !path.startsWith(symlinks.at(-1) as ByteText)) symlinks.pop();
    const below = symlinks.some((above) => path[above.length] === '/');
    if (type === 'symlink') symlinks.push(path);
    return below;
  }

  hide(path: ByteText): void {
    const node = this.#resolver.locate(path);
    if (node !== null) this.#overlay.hide(node, this.#layer);
  }

  hideBelow(path: ByteText): void {
    const node = this.#resolver.directory(path);
    if (node !== null) this.#overlay.hideBelow(node, this.#layer);
  }

  /** All targets are found before any link is made, so that it does not matter which link comes first. */
  settleLinks(): void {
    const settled = [...this.#links].map(([node, entry]) => ({
      node,
      entry,
      state: this.#linkedState(node),
    }));
    for (const { node, entry, state } of settled) {
      this.#links.delete(node);
      if (state === null) this.#report('broken-hard-link', entry, `to ${entry.linkTarget}`);
      else if (this.#makeParents(node, entry)) this.#overlay.link(node, state, this.#layer);
    }
  }

  /** The state that a hard link names, through further hard links of the layer; null when there is none. */
  #linkedState(link: Node): FileState | null {
    const seen = new Set<Node>();
    let node: Node | null = link;
    for (
      let entry = this.#links.get(link);
      entry !== undefined;
      entry = node ? this.#links.get(node) : undefined
    ) {
      if (node === null || seen.has(node)) return null;
      seen.add(node);
      node = this.#resolver.locate(targetOf(entry));
    }
    const state = node && this.#overlay.at(node)?.state;
    return state && state.type !== 'dir' ? state : null;
  }

  /** Makes the directories that an entry stands in. False when something in the way stays. */
  #makeParents(node: Node, entry: InventoryEntry): boolean {
    if (this.#standsBelowLink(node)) return this.#report('parent-not-directory', entry);
    const missing: Node[] = [];
    for (let above = node.parent; above !== null; above = above.parent) {
      if (this.#overlay.at(above)?.state.type === 'dir') break;
      missing.push(above);
    }
    const top = missing.at(-1);
    const inTheWay = top && this.#overlay.at(top);
    if (inTheWay && inTheWay.layer === this.#layer) return this.#report('parent-not-directory', entry);
    if (inTheWay) this.#report('parent-replaced', entry);
    for (const parent of missing.reverse()) this.#overlay.put(parent, IMPLICIT_DIRECTORY, this.#layer);
    return true;
  }

  #standsBelowLink(node: Node): boolean {
    if (this.#links.size === 0) return false;
    for (let above = node.parent; above !== null; above = above.parent) {
      if (this.#links.has(above)) return true;
    }
    return false;
  }

  #report(code: keyof typeof MERGE_FINDINGS, { path }: InventoryEntry, detail?: string): false {
    this.findings.push({ code, path, ...(detail !== undefined && { detail }) });
    return false;
  }
}
