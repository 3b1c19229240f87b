import { accessSync, constants, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { CacheErrand } from './cache-call.ts';

/**
 * Files of an archive are restored side by side under these names, whatever paths and links it states: the library
 * lets `tar` write anywhere otherwise. GNU tar heeds the variable.
 * @see https://www.gnu.org/software/tar/manual/html_section/transform.html
 */
const FLAT_NAMES = '--transform=s,/,+,g;s,^,restored+,';

/** All that the library runs; on a Mac its tar is called gtar. */
const PROGRAMS = ['tar', 'gtar', 'gzip'] as const;

/** Makes a folder the only one that the library knows of, before it is called. */
export function enterFolder({ call, folder }: CacheErrand): void {
  process.chdir(folder);
  Object.assign(process.env, {
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: folder,
    PATH: choosePrograms(folder),
    ...(call.action === 'restore' && { TAR_OPTIONS: FLAT_NAMES }),
  });
}

/**
 * A search path without `zstd`. The library compresses with it where it is, and finds only entries that were compressed
 * in the same way: a job in a container would find none of those of other jobs. Payloads are compressed already.
 */
function choosePrograms(folder: string): string {
  const path = process.env.PATH ?? '';
  if (process.platform === 'win32') return path;
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  for (const name of PROGRAMS) {
    const found = path
      .split(delimiter)
      .map((place) => join(place, name))
      .find(isExecutable);
    if (found !== undefined) symlinkSync(found, join(programs, name));
  }
  return programs;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
