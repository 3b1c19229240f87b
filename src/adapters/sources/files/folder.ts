import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { VarveError } from '../../../base/errors.ts';
import { type Limits, limitExceeded } from '../../../base/limits.ts';
import { errnoOf, readFault } from '../../filesystem/file-fault.ts';
import { type ImageFiles, resolveName, type StoredFile } from './image-files.ts';

/**
 * The files of a folder. Links are followed, since build tools make layouts of links; pipes and devices are not
 * waited for. Reads are synchronous: a trip through the thread pool costs more than a small read.
 */
export function openFolder(path: string): ImageFiles {
  return {
    kind: 'folder',
    path,
    unterminated: false,
    findings: [],
    find: (name) => findFile(path, name),
    read: async (name, limits) => readSmallFile(path, name, limits),
  };
}

function findFile(root: string, name: string): StoredFile | null {
  const path = placeOf(root, name);
  const stats = path === null ? null : statOf(path);
  if (path === null || !stats?.isFile()) return null;
  return { size: stats.size, location: { kind: 'file', path, offset: 0, length: stats.size } };
}

function readSmallFile(root: string, name: string, limits: Limits): Buffer | null {
  const path = placeOf(root, name);
  if (path === null) return null;
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new VarveError('malformed', `${path} is not a regular file`, { object: path });
    if (stats.size > limits.jsonBytes) throw limitExceeded('jsonBytes', limits, path);
    return readFileSync(file);
  } catch (fault) {
    if (isNothing(fault)) return null;
    throw readFault(fault, path);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What stands at a path; null when nothing does. @throws VarveError `denied`, `unreachable`. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (fault) {
    if (isNothing(fault)) return null;
    throw readFault(fault, path);
  }
}

function placeOf(root: string, name: string): string | null {
  const resolved = resolveName(name);
  return resolved === null ? null : join(root, resolved);
}

function isNothing(fault: unknown): boolean {
  const errno = errnoOf(fault);
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}
