import { VarveError } from '../../base/errors.ts';

/** The `code` of a fault from the operating system, such as `ENOSPC`. */
export function errnoOf(fault: unknown): string | null {
  if (!(fault instanceof Error) || !('code' in fault)) return null;
  return typeof fault.code === 'string' ? fault.code : null;
}

/** The path that a fault of the operating system is about; null when it names none. */
export function pathOf(fault: unknown): string | null {
  return fault instanceof Error && 'path' in fault && typeof fault.path === 'string' ? fault.path : null;
}

/** Tells whether a fault says that nothing is at the path. */
export function isAbsent(fault: unknown): boolean {
  return errnoOf(fault) === 'ENOENT';
}

const WRITE_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or choose a folder on another disk',
  EDQUOT: 'the disk quota is used up: free some space, or choose another folder',
  EROFS: 'the file system is read-only: choose a folder that can be written',
  EACCES: 'this user may not write there: change the permissions, or choose another folder',
  EPERM: 'this user may not write there: change the permissions, or choose another folder',
  ENOTDIR: 'something on the way there is a file, not a folder: choose another folder',
  EEXIST: 'something on the way there is a file, not a folder: choose another folder',
  ENOENT: 'the folder is gone, or cannot be made there: choose another',
  EISDIR: 'a folder stands where a file belongs: move it away',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  EXDEV: 'the folder spans several file systems: keep all of it on one',
};

/** A fault of writing as the error `store-unwritable`, with a hint for what ails the disk. */
export function writeFault(fault: unknown, object: string): VarveError {
  if (fault instanceof VarveError) return fault;
  const errno = errnoOf(fault);
  const hint = errno === null ? undefined : WRITE_HINTS[errno];
  return new VarveError('store-unwritable', `cannot write ${object}${errno === null ? '' : ` (${errno})`}`, {
    object,
    cause: fault,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A fault of reading: `denied` where the user may not, else `unreachable`. */
export function readFault(fault: unknown, object: string): VarveError {
  if (fault instanceof VarveError) return fault;
  const errno = errnoOf(fault);
  const denied = errno === 'EACCES' || errno === 'EPERM';
  return new VarveError(
    denied ? 'denied' : 'unreachable',
    `cannot read ${object}${errno === null ? '' : ` (${errno})`}`,
    {
      object,
      cause: fault,
      ...(denied ? { hint: 'this user may not read it: change its permissions' } : {}),
      ...(errno === 'ENOTDIR' ? { hint: 'something on the way there is a file, not a folder' } : {}),
    },
  );
}
