import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const IN_MEMORY = '/dev/shm';
/** Bytes that must be free in there. */
const ROOM = 4 * 1024 ** 3;

/**
 * Where tests put what they write: in memory where Linux has room for it and lets programs run from there, since
 * waiting for a disk proves nothing; else, or where `TMPDIR` names a folder, in the usual temporary folder.
 */
export function scratchFolder(): string {
  return process.env.TMPDIR === undefined && isFit() ? IN_MEMORY : tmpdir();
}

function isFit(): boolean {
  try {
    accessSync(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const options = mounts.map((line) => line.split(' ')).findLast(([, place]) => place === IN_MEMORY)?.[3];
    return bavail * bsize >= ROOM && options !== undefined && !options.split(',').includes('noexec');
  } catch {
    return false;
  }
}
