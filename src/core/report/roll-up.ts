import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { PathCounts } from './count-paths.ts';

/** What changed below a directory, directories included. */
export interface DirectoryLine extends PathCounts {
  /** With a slash at its end; `./` for what lies in the root. */
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
 * first.
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
    .sort((one, other) => other.tally.weight - one.tally.weight || count(other.tally) - count(one.tally))
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
}

/** Puts directories in place of the fullest one that holds them, as long as there is room for all of them. */
function spread(root: Folder): Part[] {
  let parts: Part[] = [wholePart(root)];
  for (;;) {
    const [fullest] = parts
      .filter(({ folder }) => folder !== null && folder.folders.size > 0)
      .filter(({ folder }) => folder !== null && parts.length - 1 + pieces(folder) <= MOST)
      .sort((one, other) => count(other.tally) - count(one.tally));
    if (fullest?.folder == null) return parts;
    parts = [...parts.filter((part) => part !== fullest), ...split(fullest.folder)];
  }
}

const wholePart = (folder: Folder): Part => ({ path: folder.path, tally: folder.all, folder });

const pieces = ({ own, folders }: Folder): number => folders.size + (count(own) === 0 ? 0 : 1);

function split({ path, own, folders }: Folder): Part[] {
  return [
    ...(count(own) === 0 ? [] : [{ path, tally: own, folder: null }]),
    ...[...folders.values()].map(wholePart),
  ];
}
