import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VarveError } from '../base/errors.ts';
import { makeDirectory } from '../base/make-directory.ts';

/** Writes a file that the user asked for, with the folders above it. @throws VarveError `unreachable`. */
export async function writeOutputFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await makeDirectory(dirname(path));
    await writeFile(path, content);
  } catch (cause) {
    throw new VarveError('unreachable', `cannot write ${path}`, {
      object: path,
      cause,
      hint: 'everything else is kept: name another file, or make room for this one',
    });
  }
}
