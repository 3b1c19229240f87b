import type { ByteText } from '../../base/byte-text.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import { pathBytes, pathName } from '../layer/entry-path.ts';
import type { Finding } from '../words/finding.ts';
import { type FileState, hasOwnRights, IMPLICIT_DIRECTORY, isState } from './file-state.ts';
import { hasEffect, statementsOf } from './layer-statements.ts';
import type { Overlay } from './overlay.ts';
import { MAX_PATH, PathResolver, targetOf } from './path-resolver.ts';
import { findDropped, RestatedPaths } from './restated-paths.ts';
import type { Node } from './rootfs-node.ts';
import type { LayerView } from './rootfs-reader.ts';
import { findSymlinkPlaces, type SymlinkPlaces, symlinksOf } from './symlink-places.ts';

/** What merging finds odd, with one sentence for the documentation. */
export const MERGE_FINDINGS = {
  'unreachable-path':
    'Symlinks on the way to a path go in circles or lead too deep, or the path is longer than any kernel takes: the entry has no effect.',
  'parent-not-directory':
    'An entry or whiteout stands below what the same layer states as a file: it has no effect, though engines refuse the layer, or drop it, as they meet the file before it or after.',
  'parent-replaced':
    'An entry or whiteout stands below a file or symlink of a lower layer: a directory takes its place, as in engines that unpack each layer by itself.',
  'below-own-symlink':
    'An entry stands below what the same layer states as a symlink: it is put where that leads, though an engine that meets it before the symlink would lose it.',
  'replaced-by-own':
    'Symlinks of a layer make several of its paths one place: what the last of them states is there, though engines keep what they meet last.',
  'whiteout-below-own-symlink':
    'A whiteout stands below what the same layer states as a symlink: it has no effect, since the symlink already replaced the directory that the whiteout is about; some engines hide what the symlink leads to.',
  'broken-hard-link': 'A hard link names nothing, a directory or itself: it has no effect.',
  'hard-link-differs':
    'A hard link states another mode, owner or other extended attributes than the file that it names: those of the file count, though engines give the file those of the link.',
  'hard-link-to-restated':
    'A hard link names a path that the layer states as several things, or one below it: it leads to what is stated last, though engines link to what they have met before the link.',
  'below-restated':
    'Entries stand below a path that the layer states as several things: they are put below what is stated last, though engines put them below what they have met before.',
  'directory-unstated':
    'A layer puts something into a directory of a lower layer with rights of its own, and does not state the directory: it keeps its rights, though some engines make one of root with mode 0755.',
  'attributes-dropped':
    'A directory is stated again, by its layer or by one above, without extended attributes that it was given before: it does not have them, though some engines leave them in place.',
  'whiteout-in-nothing':
    'A whiteout or opaque marker stands in a folder that neither its layer nor a lower one has: it has no effect, though some engines make the folder.',
  'whiteout-of-own':
    'A whiteout names what its own layer states, or an opaque marker stands over something in a folder that its layer does not state: it hides what lower layers have, though engines may remove what they have met before it.',
} as const;

export type MergeFindingCode = keyof typeof MERGE_FINDINGS;

/**
 * Puts one more layer on an overlay, as engines do that unpack it by itself and lay it over the lower ones: parents are
 * followed through symlinks of the layer alone, and what is left unstated is a directory, whatever lower layers have
 * there. Hard links come last, so that their targets may stand anywhere in the layer or below it.
 * @returns what was odd.
 * @throws VarveError `limit-exceeded` when few entries need very many directories.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets
 */
export function* applyLayer(overlay: Overlay, index: number, layer: LayerView): Pausable<Finding[]> {
  const symlinks = yield* findSymlinkPlaces(overlay, layer);
  const application = new Application(overlay, index, layer, symlinks);
  let count = 0;
  for (const statement of statementsOf(layer)) {
    if (++count % STRIDE === 0) yield;
    const { kind, path, entry } = statement;
    if (kind === 'entry') application.place(path, entry);
    else if (kind === 'hide') application.hide(path, entry);
    else application.hideBelow(path, entry);
  }
  application.settleLinks();
  application.settleWhiteouts();
  return application.findings;
}

class Application {
  readonly findings: Finding[] = [];
  readonly #overlay: Overlay;
  readonly #layer: number;
  /** Where entries stand. */
  readonly #places: PathResolver;
  /** What whiteouts name. */
  readonly #names: PathResolver;
  /** What hard links name. */
  readonly #targets: PathResolver;
  readonly #symlinks: SymlinkPlaces;
  /** Hard links that wait for their targets. */
  readonly #links = new Map<Node, InventoryEntry>();
  readonly #view: LayerView;
  readonly #restated: RestatedPaths;
  /** Those that were found to have entries below. */
  readonly #restatedParents = new Set<string>();
  /** Directories that something of the layer stands in, at once or further down. */
  readonly #needed = new Set<Node>();
  /** Directories that whiteouts stand in, each with the first of these. */
  readonly #awaited = new Map<Node, InventoryEntry>();
  /** Directories with an opaque marker that nothing was found below which engines may remove. */
  readonly #opaque = new Map<Node, InventoryEntry>();
  /** What the last whiteout named: those of one path come together. */
  #hidden: ByteText | null = null;

  constructor(overlay: Overlay, layer: number, view: LayerView, symlinks: SymlinkPlaces) {
    this.#overlay = overlay;
    this.#layer = layer;
    this.#view = view;
    this.#restated = new RestatedPaths(view);
    this.#symlinks = symlinks;
    this.#places = new PathResolver(overlay, symlinksOf(symlinks));
    this.#names = new PathResolver(overlay, () => null);
    this.#targets = new PathResolver(overlay);
  }

  place(path: ByteText, entry: InventoryEntry): void {
    this.#overlay.makeRoom();
    const node = path.length > MAX_PATH ? null : this.#places.locate(path);
    if (node === null) {
      this.#report('unreachable-path', entry);
      return;
    }
    if (this.#symlinks.size > 0) this.#lookForOtherPaths(path, entry, node);
    this.#lookForRestated(entry);
    if (entry.type === 'dir') this.#lookForLowerAttributes(node, entry);
    if (!isState(entry)) {
      this.#links.set(node, entry);
    } else if (this.#makeDirectory(node.parent, entry)) {
      this.#links.delete(node);
      this.#overlay.put(node, entry, this.#layer);
    }
  }

  /** Looks at what symlinks of the layer bring about: one place may have several paths. */
  #lookForOtherPaths(path: ByteText, entry: InventoryEntry, node: Node): void {
    if (node.path !== path) this.#report('below-own-symlink', entry);
    const placed = this.#overlay.at(node);
    const isStated = placed?.layer === this.#layer && placed.state !== IMPLICIT_DIRECTORY;
    const losesBelow = entry.type !== 'dir' && this.#needed.has(node);
    if (isStated || losesBelow || this.#links.has(node)) this.#report('replaced-by-own', entry);
  }

  #lookForLowerAttributes(node: Node, entry: InventoryEntry): void {
    const placed = this.#overlay.at(node);
    if (placed === null || placed.layer === this.#layer || placed.state.type !== 'dir') return;
    const { xattrs } = placed.state;
    if (xattrs === undefined) return;
    const dropped = findDropped([placed.state, entry]);
    if (Object.keys(dropped).length > 0) this.#report('attributes-dropped', entry, canonicalJson(dropped));
  }

  hide(path: ByteText, whiteout: InventoryEntry): void {
    if (path !== this.#hidden && puts(this.#view, path)) this.#report('whiteout-of-own', whiteout);
    this.#hidden = path;
    const node = this.#names.locate(path);
    if (node !== null && this.#clearWay(node.parent, whiteout)) this.#overlay.hide(node, this.#layer);
  }

  hideBelow(path: ByteText, marker: InventoryEntry): void {
    const node = this.#names.directory(path);
    if (node === null || !this.#clearWay(node, marker)) return;
    this.#overlay.hideBelow(node, this.#layer);
    this.#opaque.set(node, marker);
  }

  /** Engines spare what stands below an opaque marker if it and all above were stated before. */
  #lookForOpaque(unstated: Node): void {
    if (this.#opaque.size === 0) return;
    for (let above = unstated.parent; above !== null; above = above.parent) {
      const marker = this.#opaque.get(above);
      if (marker !== undefined) this.#report('whiteout-of-own', marker);
      this.#opaque.delete(above);
    }
  }

  /**
   * Makes a directory of what else lower layers have where a whiteout wants one; where there is nothing, it wants
   * nothing. False when the layer itself put something else there.
   */
  #clearWay(directory: Node | null, whiteout: InventoryEntry): boolean {
    for (let above = directory; above !== null; above = above.parent) {
      const placed = this.#overlay.at(above);
      const isOwnSymlink = placed?.layer === this.#layer && placed.state.type === 'symlink';
      if (isOwnSymlink || this.#symlinks.has(above))
        return this.#report('whiteout-below-own-symlink', whiteout);
      if (placed === null || placed.state.type === 'dir') continue;
      return this.#makeDirectory(directory, whiteout);
    }
    if (this.#waitsForLink(directory)) this.#report('parent-not-directory', whiteout);
    else if (directory !== null && !this.#awaited.has(directory)) this.#awaited.set(directory, whiteout);
    this.#noteUnstated(directory);
    return true;
  }

  /** Looks at what no entry of the layer has made once all are placed. */
  settleWhiteouts(): void {
    for (const [directory, whiteout] of this.#awaited) {
      const isThere = directory.parent === null || this.#overlay.at(directory) !== null;
      if (!isThere) this.#report('whiteout-in-nothing', whiteout);
    }
  }

  /** All targets are found before any link is made, so that it does not matter which link comes first. */
  settleLinks(): void {
    const states = new Map<Node, FileState | null>();
    const settled = [...this.#links].map(([node, entry]) => ({
      node,
      entry,
      state: this.#linkedState(node, states),
    }));
    for (const { node, entry, state } of settled) {
      this.#links.delete(node);
      if (state === null) this.#report('broken-hard-link', entry, `to ${entry.linkTarget}`);
      else if (this.#makeDirectory(node.parent, entry)) {
        this.#overlay.link(node, state, this.#layer);
        this.#judgeLink(entry, state);
      }
    }
  }

  /** Says where engines, which take entries one after the other, make something else of a hard link. */
  #judgeLink(link: InventoryEntry, state: FileState): void {
    const rights = tellRights(link, state.type);
    if (rights !== tellRights(state, state.type)) this.#report('hard-link-differs', link, rights);
    const restated = this.#restated.on(link.linkTarget ?? '').find(({ isDirectory }) => !isDirectory);
    if (restated) this.#report('hard-link-to-restated', link, restated.statements);
  }

  #lookForRestated(entry: InventoryEntry): void {
    for (const { path, statements, isDirectory, dropped } of this.#restated.on(entry.path)) {
      if (path === entry.path && Object.keys(dropped).length > 0)
        this.#report('attributes-dropped', entry, canonicalJson(dropped));
      if (isDirectory || path === entry.path || this.#restatedParents.has(path)) continue;
      this.#restatedParents.add(path);
      this.#report('below-restated', { path }, statements);
    }
  }

  /**
   * The state that a hard link names, through further hard links of the layer; null when there is none.
   * @param known takes the state of every link on the way, so that a long chain is followed once.
   */
  #linkedState(link: Node, known: Map<Node, FileState | null>): FileState | null {
    const way: Node[] = [];
    let state = known.get(link);
    for (let node = link; state === undefined; ) {
      way.push(node);
      // Until the end of the way is found, a link leads nowhere: so one does that leads back to itself.
      known.set(node, null);
      const target = this.#targets.locate(targetOf(this.#links.get(node) as InventoryEntry));
      if (target !== null && this.#links.has(target)) {
        state = known.get(target);
        node = target;
      } else {
        const found = target && this.#overlay.at(target)?.state;
        state = found && found.type !== 'dir' ? found : null;
      }
    }
    for (const node of way) known.set(node, state);
    return state;
  }

  /** Makes the directory that an entry stands in, with those above. False when something in the way stays. */
  #makeDirectory(directory: Node | null, entry: InventoryEntry): boolean {
    if (this.#waitsForLink(directory)) return this.#report('parent-not-directory', entry);
    const missing: Node[] = [];
    for (let above = directory; above !== null; above = above.parent) {
      if (this.#overlay.at(above)?.state.type === 'dir') break;
      missing.push(above);
    }
    const top = missing.at(-1);
    const inTheWay = top && this.#overlay.at(top);
    if (inTheWay && inTheWay.layer === this.#layer) return this.#report('parent-not-directory', entry);
    if (inTheWay) this.#report('parent-replaced', entry);
    if (top) this.#lookForOpaque(top);
    for (const parent of missing.reverse()) this.#overlay.put(parent, IMPLICIT_DIRECTORY, this.#layer);
    this.#noteUnstated(directory);
    return true;
  }

  /** Notes directories of lower layers that the layer needs and whose rights it leaves unsaid. */
  #noteUnstated(directory: Node | null): void {
    for (let above = directory; above !== null && above.parent !== null; above = above.parent) {
      if (this.#needed.has(above)) return;
      this.#needed.add(above);
      const placed = this.#overlay.at(above);
      if (placed?.state.type !== 'dir' || placed.layer === this.#layer || !hasOwnRights(placed.state))
        continue;
      const { path } = above;
      if (this.#view.find(path)?.type === 'dir') continue;
      this.#overlay.leaveUnstated(above, this.#layer);
      this.#report('directory-unstated', pathName(path), tellRights(placed.state, 'dir'));
    }
  }

  /** Tells whether a hard link of the layer comes where a directory is wanted. */
  #waitsForLink(directory: Node | null): boolean {
    if (this.#links.size === 0) return false;
    for (let above = directory; above !== null; above = above.parent) {
      if (this.#links.has(above)) return true;
    }
    return false;
  }

  #report(code: MergeFindingCode, { path }: Pick<InventoryEntry, 'path'>, detail?: string): false {
    this.findings.push({ code, path, ...(detail !== undefined && { detail }) });
    return false;
  }
}

/** Tells whether a layer puts something at a path or below. */
function puts(layer: LayerView, path: ByteText): boolean {
  const entry = layer.find(path);
  if (entry !== null && hasEffect(path, entry)) return true;
  for (const below of layer.below(path)) if (hasEffect(pathBytes(below), below)) return true;
  return false;
}

/** What an entry gives the file that it is a name of; no kernel keeps the mode of a symlink. */
function tellRights({ mode, uid, gid, xattrs }: InventoryEntry | FileState, type: FileState['type']): string {
  const attributes = xattrs === undefined ? '' : `, attributes ${canonicalJson(xattrs)}`;
  return `${type === 'symlink' ? '' : `mode ${mode}, `}owner ${uid}:${gid}${attributes}`;
}
