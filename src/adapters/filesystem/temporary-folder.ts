import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFault } from './file-fault.ts';

/** A folder that is gone when it is disposed of. */
export interface TemporaryFolder extends AsyncDisposable {
  /** As the file system names it, without links. */
  readonly path: string;
}

/** Makes a new folder in another one, its name begun as said. @throws VarveError `store-unwritable`. */
export async function makeTemporaryFolder(parent: string, prefix: string): Promise<TemporaryFolder> {
  try {
    // At once: a signal that came in between would find nothing to remove.
    const path = realpathSync(mkdtempSync(join(parent, prefix)));
    return {
      path,
      // What cannot be removed is in the way of nothing.
      [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }).catch(() => undefined),
    };
  } catch (fault) {
    throw writeFault(fault, parent);
  }
}
