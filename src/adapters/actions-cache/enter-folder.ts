import type { CacheErrand } from './cache-call.ts';

/**
 * Files of an archive are restored side by side under these names, whatever paths and links it states: the library
 * lets `tar` write anywhere otherwise. GNU tar heeds the variable.
 * @see https://www.gnu.org/software/tar/manual/html_section/transform.html
 */
const FLAT_NAMES = '--transform=s,/,+,g;s,^,restored+,';

/** Makes a folder the only one that the library knows of, before it is called. */
export function enterFolder({ call, folder }: CacheErrand): void {
  process.chdir(folder);
  Object.assign(process.env, {
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: folder,
    ...(call.action === 'restore' && { TAR_OPTIONS: FLAT_NAMES }),
  });
}
