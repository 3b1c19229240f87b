import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { PathCounts } from './count-paths.ts';

/** What changed below a directory, directories included. */
export interface DirectoryLine extends PathCounts {
  /** With a slash at its end; `./` for what lies in the root, `usr/…` for all else in a directory. */
  readonly path: string;
  /** Bytes that the changes add. */
  readonly delta: number;
}

/** What is summed up of a path. */
interface Change {
  readonly path: string;
  readonly status: keyof PathCounts;
  readonly delta: number | null;
  readonly weight: number;
}

/** Directories that a sum names at most. */
const MOST = 10;
/** Fewer parts of a directory say too little of it. */
const LEAST_PARTED = 4;
/** Only made-up paths lie deeper. */
const DEEPEST = 32;

interface Tally {
  added: number;
  modified: number;
  removed: number;
  delta: number;
  weight: number;
}

interface Folder {
  readonly path: string;
  /** Of the paths that lie in it at once. */
  readonly own: Tally;
  readonly all: Tally;
  readonly folders: Map<string, Folder>;
}

/**
 * Sums changes up by directory: by as many directories as can be named, each as deep as it can be, what weighs most
 * first and what is left of one last.
 */
export function* rollUp(changes: readonly Change[]): Pausable<DirectoryLine[]> {
  const parents = new Map<string, Tally>();
  for (const [place, { path, status, delta, weight }] of changes.entries()) {
    if (place % STRIDE === STRIDE - 1) yield;
    const parent = parentOf(path);
    const tally = parents.get(parent) ?? noChange();
    parents.set(parent, tally);
    tally[status] += 1;
    tally.delta += delta ?? 0;
    tally.weight += weight;
  }
  const root = makeFolder('');
  let place = 0;
  for (const [path, tally] of parents) {
    if (place++ % STRIDE === STRIDE - 1) yield;
    addTally(root, path, tally);
  }
  return spread(root)
    .sort((one, other) => Number(one.isRest === true) - Number(other.isRest === true) || byWeight(one, other))
    .map(({ path, tally: { added, modified, removed, delta } }) => ({
      ...{ path: path === '' ? './' : path, added, modified, removed, delta },
    }));
}

/** The directory that a path lies in; a directory's path ends with a slash. */
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);

const noChange = (): Tally => ({ added: 0, modified: 0, removed: 0, delta: 0, weight: 0 });

const makeFolder = (path: string): Folder => ({
  ...{ path, own: noChange(), all: noChange() },
  folders: new Map(),
});

function addTally(root: Folder, path: string, tally: Tally): void {
  let folder = root;
  add(folder.all, tally);
  for (const step of path.split('/', DEEPEST)) {
    if (step === '') continue;
    const next = folder.folders.get(step) ?? makeFolder(`${folder.path}${step}/`);
    folder.folders.set(step, next);
    folder = next;
    add(folder.all, tally);
  }
  add(folder.own, tally);
}

function add(sum: Tally, { added, modified, removed, delta, weight }: Tally): void {
  sum.added += added;
  sum.modified += modified;
  sum.removed += removed;
  sum.delta += delta;
  sum.weight += weight;
}

const count = ({ added, modified, removed }: Tally): number => added + modified + removed;

interface Part {
  readonly path: string;
  readonly tally: Tally;
  /** Null where it is only what lies in a directory at once. */
  readonly folder: Folder | null;
  /** Stands last. */
  readonly isRest?: true;
}

/**
 * Puts directories in place of the fullest one that holds them, as long as there is room for all of them; then of the
 * fullest one that holds too many the heaviest, and the rest together.
 */
function spread(root: Folder): Part[] {
  let parts: Part[] = [wholePart(root)];
  for (;;) {
    const [fullest] = parts.filter(({ folder }) => folder !== null && folder.folders.size > 0).sort(byCount);
    const room = MOST + 1 - parts.length;
    const splittable = parts
      .filter(({ folder }) => folder !== null && folder.folders.size > 0 && pieces(folder) <= room)
      .sort(byCount)[0];
    const next = splittable ?? fullest;
    if (next?.folder == null) return parts;
    const others = parts.filter((part) => part !== next);
    if (splittable === undefined) {
      return room < LEAST_PARTED ? parts : [...others, ...splitHeaviest(next.folder, room)];
    }
    parts = [...others, ...split(next.folder)];
  }
}

const byWeight = (one: Part, other: Part): number =>
  other.tally.weight - one.tally.weight || byCount(one, other);

const byCount = (one: Part, other: Part): number => count(other.tally) - count(one.tally);

const wholePart = (folder: Folder): Part => ({ path: folder.path, tally: folder.all, folder });

const pieces = ({ own, folders }: Folder): number => folders.size + (count(own) === 0 ? 0 : 1);

function split({ path, own, folders }: Folder): Part[] {
  return [
    ...(count(own) === 0 ? [] : [{ path, tally: own, folder: null }]),
    ...[...folders.values()].map(wholePart),
  ];
}

/** The heaviest of what a directory holds, and the rest as one: `node_modules/…`. */
function splitHeaviest(folder: Folder, room: number): Part[] {
  const parts = split(folder).sort(byWeight);
  const rest = noChange();
  for (const { tally } of parts.slice(room - 1)) add(rest, tally);
  return [...parts.slice(0, room - 1), { path: `${folder.path}…`, tally: rest, folder: null, isRest: true }];
}
