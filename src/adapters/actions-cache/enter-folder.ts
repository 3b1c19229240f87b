import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { CacheErrand } from './cache-call.ts';

/**
 * Files of an archive are restored side by side under these names, whatever paths and links it states: the library
 * lets `tar` write anywhere otherwise. GNU tar reads the variable.
 * @see https://www.gnu.org/software/tar/manual/html_section/transform.html
 */
const FLAT_NAMES = '--transform=s,/,+,g;s,^,restored+,';

/** Makes a folder the only one that the library knows of, before it is called. */
export function enterFolder({ call, folder, zstdProgram }: CacheErrand): void {
  process.chdir(folder);
  Object.assign(process.env, {
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: folder,
    PATH: withZstd(process.env.PATH ?? '', folder, zstdProgram),
    ...(call.action === 'restore' && { TAR_OPTIONS: FLAT_NAMES }),
  });
}

/** What the library and its tar run, each with what the program of ours is told to do in its place. */
const ZSTD_PROGRAMS = { zstd: 'version', zstdmt: 'compress', unzstd: 'uncompress' } as const;

/**
 * A search path on which `zstd` is found. The library compresses with gzip where it is not, and finds only entries that
 * were compressed in the same way: a job in a container would find none of those of other jobs.
 */
function withZstd(path: string, folder: string, program: string): string {
  const places = path.split(delimiter);
  const isThere = (name: string) => places.some((place) => isExecutable(join(place, name)));
  if (process.platform === 'win32' || Object.keys(ZSTD_PROGRAMS).every(isThere)) return path;
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  for (const [name, task] of Object.entries(ZSTD_PROGRAMS)) {
    const words = ['exec', quote(process.execPath), quote(program), task];
    writeFileSync(join(programs, name), `#!/bin/sh\n${words.join(' ')}\n`, { mode: 0o755 });
  }
  return `${programs}${delimiter}${path}`;
}

/** A word that a shell takes as it is. */
const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
