import type { InventoryEntry } from '../analysis/files/inventory.ts';
import { type FileState, IMPLICIT_DIRECTORY } from '../rootfs/file-state.ts';
import type { FileChange } from './comparison.ts';

type Facts<K extends keyof InventoryEntry> = Pick<InventoryEntry, K>;

/** Tells in what two states of a path differ; the modification time only when asked. */
export function findChanges(base: FileState, target: FileState, withTime: boolean): FileChange[] {
  const changes: FileChange[] = [];
  const sameType = base.type === target.type;
  if (base.sha256 !== target.sha256 && sameType) changes.push('content');
  if (!sameType) changes.push('type');
  if (base.mode !== target.mode && hasMode(base) && hasMode(target)) changes.push('mode');
  if (base.uid !== target.uid || base.gid !== target.gid) changes.push('owner');
  if (sameType && !sameTarget(base, target)) changes.push('link');
  if (!sameXattrs(base, target)) changes.push('xattrs');
  if (sameType && !sameDevice(base, target)) changes.push('device');
  if (withTime && isStated(base) && isStated(target) && !sameTime(base, target)) changes.push('mtime');
  return changes;
}

/** No kernel keeps the mode of a symlink, whatever an archive says. */
const hasMode = ({ type }: FileState): boolean => type !== 'symlink';

/** A directory that no layer states has no time. */
const isStated = (state: FileState): boolean => state !== IMPLICIT_DIRECTORY;

export function sameTarget(
  a: Facts<'linkTarget' | 'linkTargetBase64'>,
  b: Facts<'linkTarget' | 'linkTargetBase64'>,
): boolean {
  return a.linkTarget === b.linkTarget && a.linkTargetBase64 === b.linkTargetBase64;
}

export function sameDevice({ device: a }: Facts<'device'>, { device: b }: Facts<'device'>): boolean {
  return a?.major === b?.major && a?.minor === b?.minor;
}

export function sameTime(a: Facts<'mtime' | 'mtimeNs'>, b: Facts<'mtime' | 'mtimeNs'>): boolean {
  return a.mtime === b.mtime && (a.mtimeNs ?? 0) === (b.mtimeNs ?? 0);
}

export function sameXattrs(
  { xattrs: a = {} }: Facts<'xattrs'>,
  { xattrs: b = {} }: Facts<'xattrs'>,
): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}
