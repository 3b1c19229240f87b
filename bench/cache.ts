import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const root = process.env.VARVE_BENCH_CACHE || join(homedir(), '.cache', 'varve-bench');

/** A path under the bench's cache folder, which is outside the repository. */
export function cachePath(...parts: string[]): string {
  return join(root, ...parts);
}

/**
 * Makes `path` through `make(temporary)` and renames it into place, so that an interrupted build
 * never looks finished.
 */
export async function makeOnce(
  path: string,
  make: (temporary: string) => void | Promise<void>,
): Promise<void> {
  const temporary = `${path}.unfinished`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  await make(temporary);
  renameSync(temporary, path);
}
