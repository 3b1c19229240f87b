import type { InventoryEntry } from '../../src/core/analysis/files/inventory.ts';
import { parentOf, pathBytes, ROOT } from '../../src/core/layer/entry-path.ts';

/** A name in the model: the entry whose content it shows, null for an implicit directory, and its layer. */
export interface ModelName {
  readonly entry: InventoryEntry | null;
  readonly layer: number;
}

export type ModelRootfs = Map<string, ModelName>;

/**
 * Merges layers in the slowest and plainest way: one flat map of paths, which is searched from end to end for every
 * whiteout. It is what the real merge is held against, and shares no code with it. Entries are in tar order.
 */
export function mergeNaively(layers: readonly (readonly InventoryEntry[])[]): ModelRootfs {
  const rootfs: ModelRootfs = new Map([[ROOT, { entry: null, layer: 0 }]]);
  layers.forEach((entries, layer) => {
    applyNaively(rootfs, entries, layer);
  });
  return rootfs;
}

function applyNaively(rootfs: ModelRootfs, tarOrder: readonly InventoryEntry[], layer: number): void {
  const stated = new Map(tarOrder.map((entry) => [pathBytes(entry), entry]));
  const links = new Map<string, InventoryEntry>();
  const steps = [...stated].map(([path, entry]) => ({ ...keyOf(path, entry), entry }));
  steps.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.entry.type === 'whiteout' ? -1 : 1));
  const symlinks = placeSymlinks(steps);
  for (const { target, entry } of steps) {
    if (entry.type === 'whiteout' || entry.type === 'opaque') {
      const directory = entry.type === 'opaque' ? target : parentOf(target);
      if (directory === null || !clearWay(rootfs, directory, layer, links, symlinks)) continue;
      hide(rootfs, layer, (path) => isBelow(path, target) || (entry.type === 'whiteout' && path === target));
      continue;
    }
    const real = locate(symlinks, target);
    if (real === null || (real === ROOT && entry.type !== 'dir')) continue;
    if (entry.type === 'hardlink') links.set(real, entry);
    else if (makeDirectory(rootfs, parentOf(real), layer, links)) {
      links.delete(real);
      put(rootfs, real, { entry, layer });
    }
  }
  const settled = [...links.keys()].map((path) => [path, linked(rootfs, links, path)] as const);
  for (const [path, entry] of settled) {
    links.delete(path);
    if (entry !== null && makeDirectory(rootfs, parentOf(path), layer, links))
      put(rootfs, path, { entry, layer });
  }
}

/** Whiteouts count under the name that they hide, opaque markers right after their directory. */
function keyOf(path: string, { type }: InventoryEntry): { key: string; target: string } {
  const slash = path.lastIndexOf('/') + 1;
  const directory = path.slice(0, slash);
  if (type === 'opaque') return { key: directory, target: directory === '' ? ROOT : directory.slice(0, -1) };
  const target = type === 'whiteout' ? directory + path.slice(slash + '.wh.'.length) : path;
  return { key: target, target };
}

function isBelow(path: string, directory: string): boolean {
  return directory === ROOT ? path !== ROOT : path.startsWith(`${directory}/`);
}

function hide(rootfs: ModelRootfs, before: number, hidden: (path: string) => boolean): void {
  for (const [path, { layer }] of rootfs) if (hidden(path) && layer < before) rootfs.delete(path);
  for (const path of [...rootfs.keys()]) {
    for (let parent = parentOf(path); parent !== null && !rootfs.has(parent); parent = parentOf(parent)) {
      rootfs.set(parent, { entry: null, layer: before });
    }
  }
}

function put(rootfs: ModelRootfs, path: string, name: ModelName): void {
  if (typeOf(rootfs, path) !== 'dir' || name.entry?.type !== 'dir') {
    for (const other of [...rootfs.keys()]) if (isBelow(other, path)) rootfs.delete(other);
  }
  rootfs.set(path, name);
}

/** The directory where a whiteout stands: made where lower layers have something else, never made of nothing. */
function clearWay(
  rootfs: ModelRootfs,
  directory: string,
  layer: number,
  links: ReadonlyMap<string, InventoryEntry>,
  symlinks: Symlinks,
): boolean {
  for (let path: string | null = directory; path !== null; path = parentOf(path)) {
    if (symlinks.has(path)) return false;
    if ((typeOf(rootfs, path) ?? 'dir') !== 'dir')
      return rootfs.get(path)?.layer !== layer && makeDirectory(rootfs, directory, layer, links);
  }
  return true;
}

function makeDirectory(
  rootfs: ModelRootfs,
  directory: string | null,
  layer: number,
  links: ReadonlyMap<string, InventoryEntry>,
): boolean {
  const parents: string[] = [];
  for (let parent = directory; parent !== null; parent = parentOf(parent)) parents.unshift(parent);
  const blocked = (parent: string) =>
    links.has(parent) || ((typeOf(rootfs, parent) ?? 'dir') !== 'dir' && rootfs.get(parent)?.layer === layer);
  if (parents.some(blocked)) return false;
  for (const parent of parents) {
    if (typeOf(rootfs, parent) !== 'dir') put(rootfs, parent, { entry: null, layer });
  }
  return true;
}

function linked(
  rootfs: ModelRootfs,
  links: ReadonlyMap<string, InventoryEntry>,
  first: string,
): InventoryEntry | null {
  const seen = new Set<string>();
  let path: string | null = first;
  while (path !== null && links.has(path)) {
    if (seen.has(path)) return null;
    seen.add(path);
    path = locate(symlinksIn(rootfs), pathBytes(links.get(path)?.linkTarget ?? ''));
  }
  const entry = path === null ? null : (rootfs.get(path)?.entry ?? null);
  return entry?.type === 'dir' ? null : entry;
}

function typeOf(rootfs: ModelRootfs, path: string): string | undefined {
  const name = rootfs.get(path);
  return name && (name.entry?.type ?? 'dir');
}

type Symlinks = ReadonlyMap<string, InventoryEntry>;

function symlinksIn(rootfs: ModelRootfs): Symlinks {
  return new Map(
    [...rootfs].flatMap(([path, { entry }]) => (entry?.type === 'symlink' ? [[path, entry] as const] : [])),
  );
}

/** Where the symlinks of a layer will stand: those below others are looked for again until nothing moves. */
function placeSymlinks(steps: readonly { target: string; entry: InventoryEntry }[]): Symlinks {
  const symlinks = steps.filter(({ entry, target }) => entry.type === 'symlink' && target !== ROOT);
  let places: Symlinks = new Map();
  for (let round = 0; round < 16; round++) {
    const known = places;
    places = new Map(
      symlinks.flatMap(({ target, entry }) => {
        const real = locate(known, target);
        return real === null ? [] : [[real, entry] as const];
      }),
    );
  }
  return places;
}

function locate(symlinks: Symlinks, path: string): string | null {
  const parent = parentOf(path);
  if (parent === null) return ROOT;
  const real = follow(symlinks, parent);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return real === null ? null : real === ROOT ? name : `${real}/${name}`;
}

function follow(symlinks: Symlinks, path: string): string | null {
  const left = path.split('/');
  let at: string[] = [];
  for (let hops = 0; left.length > 0; ) {
    const name = left.shift() as string;
    if (name === '..') at.pop();
    if (['', '.', '..'].includes(name)) continue;
    const symlink = symlinks.get([...at, name].join('/'));
    if (symlink === undefined) {
      at.push(name);
      continue;
    }
    if (++hops > 255) return null;
    const target = pathBytes(symlink.linkTarget ?? '');
    if (target.startsWith('/')) at = [];
    left.unshift(...target.split('/'));
  }
  return at.length === 0 ? ROOT : at.join('/');
}
