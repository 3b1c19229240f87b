import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { FileChange, FileDifference, FileDifferences, FileState } from '../comparison/comparison.ts';
import { isOfDirectory, type PathCounts } from './count-paths.ts';
import type { LayerLine } from './layer-lines.ts';
import { type DirectoryLine, rollUp } from './roll-up.ts';

/** What changed in the merged filesystem, as a reader wants it: what does not count in numbers, the rest by layer. */
export interface FileSection {
  readonly files: PathCounts;
  /** Those with a line of their own. */
  readonly directories: PathCounts;
  readonly volatile: number;
  /** Hidden by patterns of the user. */
  readonly ignored: number;
  /** In the order of layers; what no layer has any more last. */
  readonly groups: readonly FileGroup[];
  /** Files that newly run with the rights of their owner, their group, or with capabilities. */
  readonly privileged: readonly FileLine[];
}

/** The changes that one layer gave. */
export interface FileGroup {
  /** Index of the target layer; null for what no layer has any more. */
  readonly layer: number | null;
  /** The layer's step; null where there is no layer. */
  readonly step: string | null;
  /** What matters most comes first. */
  readonly lines: readonly FileLine[];
  /** The same summed up; empty where there are few. */
  readonly directories: readonly DirectoryLine[];
}

export interface FileLine {
  readonly status: FileDifference['status'];
  readonly isDirectory: boolean;
  /** The path, a directory's with a slash at its end. */
  readonly path: string;
  readonly linkTarget: string | null;
  /** Bytes that the change adds; null when no content is concerned. */
  readonly delta: number | null;
  /** What a reader should know beyond the size: `setuid`, `mode 0644 → 0755`. */
  readonly remarks: readonly string[];
  readonly rank: Rank;
  /** Bytes that make it matter. */
  readonly weight: number;
}

/** How much a change matters: new rights first, then new programs, then all else by size. */
type Rank = 0 | 1 | 2;

/** More lines than these are summed up too. */
const LONG = 20;

/**
 * Groups and sorts the file differences of a comparison. A directory that came or went with files in it, at whatever
 * depth, has no line of its own: theirs name it.
 * @param ignored how many patterns of the user hide.
 */
export function* fileSection(
  files: FileDifferences,
  layers: readonly LayerLine[],
  ignored = 0,
): Pausable<FileSection> {
  const steps = new Map(
    layers.flatMap(({ index, step, status }) => (status === 'removed' ? [] : [[index, step]])),
  );
  const groups = new Map<number | null, FileLine[]>();
  const parents = yield* parentsOf(files);
  const counts = { files: noPath(), directories: noPath() };
  for (const [place, entry] of files.entries.entries()) {
    if (place % STRIDE === STRIDE - 1) yield;
    if (entry.volatile === true) continue;
    const isDirectory = isOfDirectory(entry);
    if (isDirectory && entry.status !== 'modified' && parents.has(entry.path)) continue;
    counts[isDirectory ? 'directories' : 'files'][entry.status] += 1;
    const line = toLine(entry, isDirectory);
    const group = groups.get(entry.layer);
    if (group === undefined) groups.set(entry.layer, [line]);
    else group.push(line);
  }
  const inOrder = [...groups].sort(
    ([one], [other]) => (one ?? Number.POSITIVE_INFINITY) - (other ?? Number.POSITIVE_INFINITY),
  );
  const sorted: FileGroup[] = [];
  for (const [layer, lines] of inOrder) {
    sorted.push({
      layer,
      step: layer === null ? null : (steps.get(layer) ?? null),
      lines: lines.sort(byImportance),
      directories: lines.length > LONG ? yield* rollUp(lines) : [],
    });
  }
  const volatile = Math.max(0, files.volatile - ignored);
  const privileged = sorted.flatMap(({ lines }) => lines.filter(({ rank }) => rank === 0));
  return { ...counts, volatile, ignored, groups: sorted, privileged };
}

function parentOf(path: string): string | null {
  const end = path.lastIndexOf('/');
  return end > 0 ? path.slice(0, end) : null;
}

const noPath = () => ({ added: 0, modified: 0, removed: 0 });

/** The directories that a file changed in, or in one below. */
function* parentsOf({ entries }: FileDifferences): Pausable<ReadonlySet<string>> {
  const parents = new Set<string>();
  for (const [place, entry] of entries.entries()) {
    if (place % STRIDE === STRIDE - 1) yield;
    if (entry.volatile === true || isOfDirectory(entry)) continue;
    let parent = parentOf(entry.path);
    while (parent !== null && !parents.has(parent)) {
      parents.add(parent);
      parent = parentOf(parent);
    }
  }
  return parents;
}

function byImportance(one: FileLine, other: FileLine): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  if (one.weight !== other.weight) return other.weight - one.weight;
  return one.path < other.path ? -1 : 1;
}

function toLine(entry: FileDifference, isDirectory: boolean): FileLine {
  const { path, status, base, target } = entry;
  const state = target ?? base;
  const rights = status === 'removed' ? [] : newRights(base, target);
  const runs = status !== 'removed' && isProgram(target) && !isProgram(base);
  return {
    status,
    isDirectory,
    path: state?.type === 'dir' && path !== '.' ? `${path}/` : path,
    linkTarget: state?.type === 'symlink' ? (state.linkTarget ?? null) : null,
    delta: concernsContent(entry) ? sizeOf(target) - sizeOf(base) : null,
    remarks: [...rights, ...(runs && rights.length === 0 ? ['executable'] : []), ...remarksOn(entry)],
    rank: rights.length > 0 ? 0 : runs ? 1 : 2,
    weight: concernsContent(entry) ? Math.max(sizeOf(base), sizeOf(target)) : 0,
  };
}

const isFile = (state: FileState | undefined): state is FileState => state?.type === 'file';
const sizeOf = (state: FileState | undefined): number => (isFile(state) ? state.size : 0);
const bitsOf = (state: FileState | undefined): number => (isFile(state) ? Number.parseInt(state.mode, 8) : 0);
const isProgram = (state: FileState | undefined): boolean => (bitsOf(state) & 0o111) !== 0;

function concernsContent({ status, changes, base, target }: FileDifference): boolean {
  if (!isFile(base) && !isFile(target)) return false;
  return status !== 'modified' || changes.includes('content') || changes.includes('type');
}

function newRights(base: FileState | undefined, target: FileState | undefined): string[] {
  // The right to be somebody else is a new one when that is another one.
  const kept =
    bitsOf(base) & ~(base?.uid === target?.uid ? 0 : 0o4000) & ~(base?.gid === target?.gid ? 0 : 0o2000);
  const gained = bitsOf(target) & ~kept;
  const capability = isFile(target) ? target.xattrs?.['security.capability'] : undefined;
  const rights: string[] = [];
  if ((gained & 0o4000) !== 0) rights.push(target?.uid === 0 ? 'setuid root' : `setuid ${target?.uid}`);
  if ((gained & 0o2000) !== 0) rights.push(`setgid ${target?.gid}`);
  if (capability !== undefined && capability !== base?.xattrs?.['security.capability']) {
    rights.push('capabilities');
  }
  return rights;
}

const SPECIAL: Readonly<Partial<Record<FileState['type'], string>>> = {
  char: 'character device',
  block: 'block device',
  fifo: 'named pipe',
};

function remarksOn({ status, changes, base, target }: FileDifference): string[] {
  if (status !== 'modified' || base === undefined || target === undefined) {
    return [SPECIAL[(target ?? base)?.type ?? 'file'] ?? []].flat();
  }
  return changes.flatMap((change) => REMARKS[change](base, target) ?? []);
}

type Remark = (base: FileState, target: FileState) => string | null;

const REMARKS: Readonly<Record<FileChange, Remark>> = {
  content: (base, target) => (sizeOf(base) === sizeOf(target) ? 'content' : null),
  type: (base, target) => `${base.type} → ${target.type}`,
  mode: (base, target) => `mode ${base.mode} → ${target.mode}`,
  owner: (base, target) => `owner ${base.uid}:${base.gid} → ${target.uid}:${target.gid}`,
  link: (base) => `was → ${base.linkTarget ?? '?'}`,
  xattrs: () => 'extended attributes',
  device: () => 'device number',
  mtime: () => 'time',
  links: () => 'hard links',
};
