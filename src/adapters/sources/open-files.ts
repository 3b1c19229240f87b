import { SNIFF_BYTES, sniff } from '../../base/compression/format.ts';
import { VarveError } from '../../base/errors.ts';
import { readRange } from '../../base/file-range.ts';
import type { Limits } from '../../base/limits.ts';
import { openArchive } from './archive.ts';
import { openCompressedArchive } from './compressed-archive.ts';
import { openFolder, statOf } from './folder.ts';
import type { ImageFiles } from './image-files.ts';

/**
 * Opens a folder, a tar, or a tar compressed with gzip or zstd, whatever its name says.
 * @throws VarveError `image-not-found` when nothing is there; `malformed` and the like for what is no tar.
 */
export async function openFiles(path: string, limits: Limits): Promise<ImageFiles> {
  const stats = statOf(path);
  if (stats === null) {
    throw new VarveError('image-not-found', `nothing is at ${path}`, {
      object: path,
      hint: 'check the path; without a leading ./ or / a name may also be that of an image elsewhere',
    });
  }
  if (stats.isDirectory()) return openFolder(path);
  const [head] = readRange(path, { offset: 0, length: Math.min(SNIFF_BYTES, stats.size) });
  if (head === undefined) throw new VarveError('truncated', `${path} is an empty file`, { object: path });
  const compression = sniff(head);
  return compression === 'none'
    ? openArchive(path, limits)
    : openCompressedArchive(path, compression, limits);
}
