import type { ByteText } from '../../base/byte-text.ts';
import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import type { FileState } from './file-state.ts';
import { effectiveEntries } from './layer-statements.ts';
import type { Overlay } from './overlay.ts';
import { MAX_PATH, PathResolver } from './path-resolver.ts';
import type { Node } from './rootfs-node.ts';
import type { LayerView } from './rootfs-reader.ts';

/** The symlinks of a layer, by the places where they will stand. */
export type SymlinkPlaces = ReadonlyMap<Node, FileState>;

/** Rounds in which symlinks that stand below others find their places: one for each that a path leads through. */
const MOST_ROUNDS = 16;

/**
 * Finds where the symlinks of a layer will stand, so that whatever stands below them is put where they lead, in whichever
 * order it is stated. Empty where nothing stands below one.
 */
export function* findSymlinkPlaces(overlay: Overlay, layer: LayerView): Pausable<SymlinkPlaces> {
  let places: SymlinkPlaces = new Map();
  const parents = [...layer.implicitParents()].sort();
  if (parents.length === 0) return places;
  const symlinks: (readonly [ByteText, FileState])[] = [];
  let count = 0;
  for (const [path, entry] of effectiveEntries(layer)) {
    if (++count % STRIDE === 0) yield;
    if (isSymlink(entry) && path.length <= MAX_PATH) symlinks.push([path, entry]);
  }
  if (!symlinks.some(([path]) => hasBelow(parents, path))) return places;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const resolver = new PathResolver(overlay, symlinksOf(places));
    const found = new Map<Node, FileState>();
    for (const [path, symlink] of symlinks) {
      if (++count % STRIDE === 0) yield;
      if (round === 0) overlay.makeRoom();
      const place = resolver.locate(path);
      if (place !== null) found.set(place, symlink);
    }
    const isSettled = found.size === places.size && [...found].every(([at, each]) => places.get(at) === each);
    if (isSettled) break;
    places = found;
  }
  return places;
}

/** Follows the symlinks of a layer, and those alone. */
export const symlinksOf =
  (places: SymlinkPlaces) =>
  (node: Node): FileState | null =>
    places.get(node) ?? null;

const isSymlink = (entry: InventoryEntry): entry is InventoryEntry & FileState => entry.type === 'symlink';

/** Tells whether one of some sorted directories is at a path or below. */
function hasBelow(directories: readonly ByteText[], path: ByteText): boolean {
  const startsAt = (wanted: ByteText) => directories[firstFrom(directories, wanted)] ?? '';
  return startsAt(path) === path || startsAt(`${path}/`).startsWith(`${path}/`);
}

/** The place of the first of some sorted texts that does not come before another one. */
function firstFrom(sorted: readonly ByteText[], text: ByteText): number {
  let [start, end] = [0, sorted.length];
  while (start < end) {
    const middle = (start + end) >> 1;
    if ((sorted[middle] ?? '') < text) start = middle + 1;
    else end = middle;
  }
  return start;
}
