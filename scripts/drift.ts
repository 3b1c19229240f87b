/** Compares what a generator would write with what stands in the repository. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Drift {
  readonly path: string;
  readonly problem: 'differs' | 'missing' | 'left over';
}

/** The files of a folder, recursively, by path relative to it; empty when there is no such folder. */
export async function readTree(folder: string): Promise<Map<string, string>> {
  const tree = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    tree.set(path.slice(folder.length + 1), await readFile(path, 'utf8'));
  }
  return tree;
}

/** What must change in `actual` for it to equal `expected`, by path. */
export function findDrift(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): Drift[] {
  const drift: Drift[] = [];
  for (const [path, text] of expected) {
    const present = actual.get(path);
    if (present === undefined) drift.push({ path, problem: 'missing' });
    else if (present !== text) drift.push({ path, problem: 'differs' });
  }
  for (const path of actual.keys()) {
    if (!expected.has(path)) drift.push({ path, problem: 'left over' });
  }
  return drift.sort((a, b) => (a.path < b.path ? -1 : 1));
}
