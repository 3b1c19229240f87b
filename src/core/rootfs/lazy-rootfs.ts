import type { ByteText } from '../../base/byte-text.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import { parentOf, pathBytes, ROOT } from '../layer/entry-path.ts';
import { type FileState, hasOwnRights, IMPLICIT_DIRECTORY, isState } from './file-state.ts';
import { ESCAPES, hasEffect } from './layer-statements.ts';
import { withoutHardLinks } from './layer-views.ts';
import { Overlay } from './overlay.ts';
import { MAX_PATH, PathResolver, targetOf } from './path-resolver.ts';
import type { LayerView, Placed, RootfsReader } from './rootfs-reader.ts';
import { pathIn } from './walk-nodes.ts';

/** What a lazy rootfs keeps of one layer. */
interface LazyLayer {
  readonly view: LayerView;
  /** Directories that it needs and does not state, and whether its entries below really have an effect. */
  readonly implicit: Map<ByteText, boolean | null>;
  /** What its hard links name, by their paths; null for nothing. */
  readonly linked: Map<ByteText, FileState | null>;
}

/**
 * The merged root filesystem of layers that are left as they are stored: an answer looks up a few lines in each.
 * Right for layers whose entries all stand where they say, which `isLazy` tells.
 */
export class LazyRootfs implements RootfsReader {
  readonly #layers: readonly LazyLayer[];
  readonly #downwards: readonly number[];
  readonly #found = new Map<ByteText, Placed | null>();
  readonly #shown = new Map<ByteText, readonly number[]>();
  readonly #linkResolvers = new Map<number, { readonly overlay: Overlay; readonly resolver: PathResolver }>();

  constructor(views: readonly LayerView[]) {
    this.#layers = views.map(openLayer);
    this.#downwards = views.map((_, index) => index).reverse();
  }

  lookup(path: ByteText): Placed | null {
    let found = this.#found.get(path);
    if (found === undefined) {
      found = path.length > MAX_PATH ? null : this.#look(path);
      this.#found.set(path, found);
    }
    return found;
  }

  #look(path: ByteText): Placed | null {
    const parent = parentOf(path);
    let implicitIn = -1;
    let unstatedIn = -1;
    for (const index of parent === null ? this.#downwards : this.#showing(parent)) {
      const state = this.#stated(index, path);
      if (state !== null) {
        const isUnstated = unstatedIn !== -1 && state.type === 'dir' && hasOwnRights(state);
        if (implicitIn === -1 || state.type === 'dir')
          return { state, layer: index, ...(isUnstated && { unstatedIn }) };
        break;
      }
      if (unstatedIn === -1 && this.#layer(index).implicit.has(path)) unstatedIn = index;
      if (this.#implies(index, path)) implicitIn = index;
      if (this.#hides(index, path)) break;
    }
    if (implicitIn === -1 && path !== ROOT) return null;
    return { state: IMPLICIT_DIRECTORY, layer: Math.max(implicitIn, 0) };
  }

  *descendants(directory: ByteText): Generator<readonly [ByteText, Placed]> {
    const paths = new Set<ByteText>();
    for (const index of this.#showing(directory)) {
      for (const entry of this.#layer(index).view.below(directory)) {
        let path: ByteText | null = pathBytes(entry);
        while (path !== null && path !== directory && !paths.has(path)) {
          paths.add(path);
          path = parentOf(path);
        }
      }
    }
    for (const path of [...paths].sort()) {
      const placed = this.lookup(path);
      if (placed !== null) yield [path, placed];
    }
  }

  hiderOf(path: ByteText): number | null {
    let index = this.#layers.length - 1;
    while (index >= 0 && this.#stated(index, path) === null && !this.#implies(index, path)) index--;
    if (index < 0 || path === ROOT) return null;
    for (index++; index < this.#layers.length; index++) if (this.#takes(index, path)) return index;
    return null;
  }

  /** Tells whether a layer takes away what lower layers have at a path, by whatever it says of a directory above. */
  #takes(index: number, path: ByteText): boolean {
    if (this.#hides(index, path)) return true;
    for (let above = parentOf(path); above !== null; above = parentOf(above)) {
      if (this.#hides(index, above) || this.#empties(index, above)) return true;
      const state = above === ROOT ? null : this.#stated(index, above);
      if (state !== null && state.type !== 'dir') return true;
    }
    return false;
  }

  /** Tells whether a layer has a whiteout of this very path. Below the lowest layer there is nothing to hide. */
  #hides(index: number, path: ByteText): boolean {
    return index > 0 && this.#layer(index).view.find(whiteoutOf(path))?.type === 'whiteout';
  }

  #empties(index: number, directory: ByteText): boolean {
    return index > 0 && this.#layer(index).view.find(opaqueMarkerOf(directory))?.type === 'opaque';
  }

  /** The layers that have something in a directory which still shows, the uppermost first. */
  #showing(directory: ByteText): readonly number[] {
    const known = this.#shown.get(directory);
    if (known !== undefined) return known;
    const parent = parentOf(directory);
    const layers: number[] = [];
    for (const index of parent === null ? this.#downwards : this.#showing(parent)) {
      const { implicit } = this.#layer(index);
      const type = this.#stated(index, directory)?.type;
      if (type !== undefined && type !== 'dir') break;
      if (type === 'dir' || implicit.has(directory) || parent === null) layers.push(index);
      if (this.#empties(index, directory) || this.#hides(index, directory)) break;
    }
    this.#shown.set(directory, layers);
    return layers;
  }

  /** What a layer states at a path, a hard link as what it names; null for nothing, and for what has no effect. */
  #stated(index: number, path: ByteText): FileState | null {
    const entry = this.#layer(index).view.find(path);
    if (entry === null || !hasEffect(path, entry)) return null;
    return isState(entry) ? entry : this.#linkedState(index, entry);
  }

  #linkedState(index: number, link: InventoryEntry): FileState | null {
    const { view, linked } = this.#layer(index);
    const { overlay, resolver } = this.#linkResolver(index);
    const way: ByteText[] = [];
    let state = linked.get(pathBytes(link));
    for (let entry = link; state === undefined; ) {
      way.push(pathBytes(entry));
      // Until the end of the way is found, a link leads nowhere: so one does that leads back to itself.
      linked.set(pathBytes(entry), null);
      const node = resolver.locate(targetOf(entry));
      const next = node && view.find(node.path);
      if (next?.type === 'hardlink') {
        state = linked.get(pathBytes(next));
        entry = next;
      } else {
        const found = node && overlay.at(node)?.state;
        state = found && found.type !== 'dir' ? found : null;
      }
    }
    for (const path of way) linked.set(path, state);
    return state;
  }

  /** Hard links of a layer are found in what it and the layers below put there, before it has any hard link. */
  #linkResolver(index: number): { readonly overlay: Overlay; readonly resolver: PathResolver } {
    const known = this.#linkResolvers.get(index);
    if (known !== undefined) return known;
    const below = this.#layers.slice(0, index).map(({ view }) => view);
    const overlay = new Overlay(new LazyRootfs([...below, withoutHardLinks(this.#layer(index).view)]));
    const made = { overlay, resolver: new PathResolver(overlay) };
    this.#linkResolvers.set(index, made);
    return made;
  }

  /** Tells whether a layer puts entries below a path without stating the path itself. */
  #implies(index: number, path: ByteText): boolean {
    const { implicit, view } = this.#layer(index);
    const known = implicit.get(path);
    if (known === undefined || known === false) return false;
    if (known === true) return true;
    let found = false;
    for (const entry of view.below(path)) {
      if (this.#stated(index, pathBytes(entry)) === null) continue;
      found = true;
      break;
    }
    implicit.set(path, found);
    return found;
  }

  #layer(index: number): LazyLayer {
    return this.#layers[index] as LazyLayer;
  }
}

function openLayer(view: LayerView): LazyLayer {
  return {
    view,
    implicit: new Map([...implicitDirectories(view)].map((path) => [path, null])),
    linked: new Map(),
  };
}

/** Where a layer that hides a path says so. */
function whiteoutOf(path: ByteText): ByteText {
  const slash = path.lastIndexOf('/') + 1;
  return `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
}

const opaqueMarkerOf = (directory: ByteText): ByteText => pathIn(directory, '.wh..wh..opq');

/** The directories that a layer needs and does not state, all the way up. */
function implicitDirectories(view: LayerView): Set<ByteText> {
  const implicit = new Set<ByteText>();
  for (const parent of view.implicitParents()) {
    for (let path: ByteText | null = parent; path !== null && path !== ROOT; path = parentOf(path)) {
      if (implicit.has(path) || (path !== parent && view.find(path)?.type === 'dir')) break;
      implicit.add(path);
    }
  }
  return implicit;
}

/**
 * Tells whether every entry of these layers stands where its path says, and has the effect that it states by itself.
 * It need not where a directory that a layer leaves unstated is something else further down, or in the layer itself.
 */
export function isLazy(views: readonly LayerView[]): boolean {
  return views.every((view, index) => {
    if (view.header.findings.some(({ code }) => ESCAPES.has(code))) return false;
    const below = views.slice(0, index);
    for (const path of implicitDirectories(view)) {
      if (isEffective(path, view.find(path))) return false;
      if (below.some((lower) => isOther(path, lower.find(path)))) return false;
    }
    return true;
  });
}

const isEffective = (path: ByteText, entry: InventoryEntry | null) =>
  entry !== null && hasEffect(path, entry);

const isOther = (path: ByteText, entry: InventoryEntry | null) =>
  entry?.type !== 'dir' && isEffective(path, entry);
