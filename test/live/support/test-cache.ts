import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const root = process.env.VARVE_TEST_CACHE || join(homedir(), '.cache', 'varve-test');

/**
 * A file or folder that is made once and kept outside the repository, for what takes minutes to make.
 * `make` writes to a temporary path, so an interrupted run leaves nothing that looks finished.
 */
export async function cached(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(root, name);
  if (existsSync(path)) return path;
  const temporary = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    await make(temporary);
    // Another process may have made it meanwhile: theirs is as good.
    if (!existsSync(path)) renameSync(temporary, path);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return path;
}
