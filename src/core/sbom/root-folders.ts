import type { Limits } from '../../base/limits.ts';
import type { RootFile } from './root-files.ts';

/** Port: root filesystems that lie in folders. */
export interface RootFolders {
  /**
   * Every name in a root filesystem, sorted by the bytes of the paths, its root as `.`. No link is followed, and no pipe
   * or device opened. Sockets are left out: an image has none.
   * @throws VarveError `limit-exceeded`, `denied`, `unreachable`.
   */
  walk(folder: string, limits: Limits, signal: AbortSignal): AsyncIterable<RootFile>;
}
