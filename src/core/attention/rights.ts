import type { FileState } from '../rootfs/file-state.ts';
import type { AttentionKind } from './attention.ts';

const SETUID = 0o4000;
const SETGID = 0o2000;
const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;
const CAPABILITY = 'security.capability';

/** The rights of a file or directory that somebody should know of. */
export function unusualRights({
  type,
  mode,
  xattrs,
}: Pick<FileState, 'type' | 'mode' | 'xattrs'>): AttentionKind[] {
  if (type !== 'file' && type !== 'dir') return [];
  const bits = Number.parseInt(mode, 8);
  const isFile = type === 'file';
  return [
    ...(isFile && bits & SETUID ? (['setuid'] as const) : []),
    ...(isFile && bits & SETGID ? (['setgid'] as const) : []),
    ...(isFile && xattrs?.[CAPABILITY] !== undefined ? (['capability'] as const) : []),
    // In a directory that is sticky, such as /tmp, users cannot take each other's files.
    ...(bits & OTHERS_WRITE && (isFile || !(bits & STICKY)) ? (['world-writable'] as const) : []),
  ];
}
