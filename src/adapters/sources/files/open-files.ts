import { sniff } from '../../../base/compression/format.ts';
import { VarveError } from '../../../base/errors.ts';
import { readRange } from '../../../base/file-range.ts';
import type { Limits } from '../../../base/limits.ts';
import { BLOCK, checkBlock } from '../../../base/tar/header-block.ts';
import { TarFault } from '../../../base/tar/tar-entry.ts';
import { openArchive } from './archive.ts';
import { openCompressedArchive } from './compressed-archive.ts';
import { openFolder, statOf } from './folder.ts';
import type { ImageFiles } from './image-files.ts';

/**
 * Opens a folder, a tar, or a tar compressed with gzip or zstd, whatever its name says.
 * @throws VarveError `image-not-found` when nothing is there; `malformed` and the like for what is not a tar.
 */
export async function openFiles(path: string, limits: Limits): Promise<ImageFiles> {
  const stats = statOf(path);
  if (stats === null) {
    throw new VarveError('image-not-found', `nothing is at ${path}`, {
      object: path,
      hint: 'check the path; an image in an engine is docker-daemon:NAME, one in a registry docker://HOST/NAME',
    });
  }
  if (stats.isDirectory()) return openFolder(path);
  const [head] = readRange(path, { offset: 0, length: Math.min(BLOCK, stats.size) });
  if (head === undefined) throw new VarveError('truncated', `${path} is an empty file`, { object: path });
  const compression = sniff(head);
  if (compression !== 'none') return openCompressedArchive(path, compression, limits);
  checkBeginning(path, Buffer.from(head));
  return openArchive(path, limits);
}

function checkBeginning(path: string, head: Buffer): void {
  try {
    if (head.length === BLOCK) checkBlock(head, 0);
    else throw new TarFault('it is shorter than a header');
  } catch (cause) {
    throw new VarveError('malformed', `${path} is not an archive: neither a tar nor one in gzip or zstd`, {
      object: path,
      cause,
      hint: 'name an OCI layout, or an archive as docker save, podman save or skopeo write them',
    });
  }
}
