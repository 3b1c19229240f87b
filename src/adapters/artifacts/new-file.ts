import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectory } from '../../base/make-directory.ts';
import { refuseLinks } from '../filesystem/committed-links.ts';
import { writeFault } from '../filesystem/file-fault.ts';

/**
 * Writes a file so that it is there whole, on the disk, or not at all.
 * @param strange folders whose files others chose: no link in them is followed.
 * @throws VarveError `store-unwritable`; what reading the bytes throws, and then there is no file.
 */
export async function writeNewFile(
  path: string,
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  strange: readonly string[],
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}-${randomUUID()}`);
  refuseLinks(dirname(path), strange);
  try {
    await makeDirectory(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      for await (const chunk of bytes) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (fault) {
    await rm(temporary, { force: true });
    throw writeFault(fault, path);
  }
}
