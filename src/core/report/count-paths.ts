import type { FileDifference, FileDifferences } from '../comparison/comparison.ts';

/** How many paths came, changed and went. */
export interface PathCounts {
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
}

/** Whether a difference is of a directory, which is not a file: it was one, or is one, and nothing else. */
export const isOfDirectory = ({ base, target }: FileDifference): boolean =>
  (base ?? target)?.type === 'dir' && (target ?? base)?.type === 'dir';

/** How many differences count, those of directories apart. */
export function countPaths({ entries }: FileDifferences): { files: number; directories: number } {
  const counts = { files: 0, directories: 0 };
  for (const entry of entries) {
    if (entry.volatile !== true) counts[isOfDirectory(entry) ? 'directories' : 'files'] += 1;
  }
  return counts;
}
