import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory and its missing parents; nothing when it is there. Node's own recursion does not end where a folder
 * cannot hold another, as under /proc.
 * @returns the first directory that was missing.
 */
export async function makeDirectory(path: string): Promise<string | undefined> {
  try {
    await mkdir(path);
    return path;
  } catch (fault) {
    const { code } = fault as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return undefined;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw fault;
    const first = await makeDirectory(parent);
    try {
      await mkdir(path);
    } catch (again) {
      // Another process made it in the meantime.
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    }
    return first ?? path;
  }
}
