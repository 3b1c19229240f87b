import { sniff } from '../../../base/compression/format.ts';
import { VarveError } from '../../../base/errors.ts';
import { readRange } from '../../../base/file-range.ts';
import type { Limits } from '../../../base/limits.ts';
import { BLOCK, checkBlock } from '../../../base/tar/header-block.ts';
import { TarFault } from '../../../base/tar/tar-entry.ts';
import { openArchive } from './archive.ts';
import { openCompressedArchive } from './compressed-archive.ts';
import { openFolder, statOf } from './folder.ts';
import { type ImageFiles, isDockerfile, isEmpty, WHAT_IS_READ } from './image-files.ts';
import { askForNearFile } from './near-files.ts';

/**
 * Opens a folder, a tar, or a tar compressed with gzip or zstd, whatever its name says.
 * @throws VarveError `image-not-found` when nothing is there; `malformed` and the like for what is not a tar.
 */
export async function openFiles(path: string, limits: Limits): Promise<ImageFiles> {
  const stats = statOf(path);
  if (stats === null) {
    throw new VarveError('image-not-found', `there is no file or folder ${path}`, {
      object: path,
      hint:
        askForNearFile(path) ??
        'check the path; an image in an engine is docker-daemon:NAME, one in a registry docker://HOST/NAME',
    });
  }
  if (stats.isDirectory()) return openFolder(path);
  const [head] = readRange(path, { offset: 0, length: Math.min(BLOCK, stats.size) });
  if (head === undefined) throw isEmpty(path, 'is an empty file');
  checkBeginning(path, head);
  const compression = sniff(head);
  return compression === 'none'
    ? openArchive(path, limits)
    : openCompressedArchive(path, compression, limits);
}

/** How a Dockerfile begins; what else is text may be anything. */
const DOCKERFILE = /^(?:\s*#[^\n]*\n|\s+)*(?:FROM|ARG)\s/;

/**
 * Refuses what cannot be an archive, whatever follows.
 * @param bytes the first block; all of a file that is shorter.
 * @throws VarveError `malformed`, `image-not-found`.
 */
export function checkBeginning(path: string, bytes: Uint8Array): void {
  if (sniff(bytes) !== 'none') return;
  const head = Buffer.from(bytes);
  if (DOCKERFILE.test(head.toString('latin1'))) throw isDockerfile(path, 'is a Dockerfile');
  try {
    if (head.length === BLOCK) checkBlock(head, 0);
    else throw new TarFault('it is shorter than a header');
  } catch (cause) {
    throw new VarveError('malformed', `${path} is not an image: it is neither a folder nor a tar`, {
      object: path,
      cause,
      hint: WHAT_IS_READ,
    });
  }
}
