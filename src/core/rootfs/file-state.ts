import * as v from 'valibot';
import { type InventoryEntry, statedFields } from '../analysis/files/inventory.ts';
import type { Stored } from '../words/stored.ts';

/** What a name in a root filesystem stands for. Names that hold the same object are names of one inode. */
export const FileStateSchema = v.strictObject({
  type: v.picklist(['file', 'dir', 'symlink', 'char', 'block', 'fifo']),
  ...statedFields,
});

export type FileState = Stored<typeof FileStateSchema>;

/** A directory that entries stand in and no layer states. */
export const IMPLICIT_DIRECTORY: FileState = Object.freeze({
  type: 'dir',
  mode: '0755',
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
});

/** Tells whether a directory has other rights than one that no layer states. */
export function hasOwnRights({ mode, uid, gid, xattrs }: FileState): boolean {
  return mode !== IMPLICIT_DIRECTORY.mode || uid !== 0 || gid !== 0 || xattrs !== undefined;
}

/** Tells whether an entry states something of its own, and is not a second name or a whiteout. */
export function isState(entry: InventoryEntry): entry is InventoryEntry & FileState {
  return entry.type !== 'hardlink' && entry.type !== 'whiteout' && entry.type !== 'opaque';
}

/** The state alone, without the name that an entry was stated under; keys in the order of an inventory. */
export function copyState(state: FileState): FileState {
  const { type, mode, uid, gid, size, mtime, mtimeNs, sha256, linkTarget, linkTargetBase64, xattrs, device } =
    state;
  return {
    type,
    mode,
    uid,
    gid,
    size,
    mtime,
    ...(mtimeNs !== undefined && { mtimeNs }),
    ...(sha256 !== undefined && { sha256 }),
    ...(linkTarget !== undefined && { linkTarget }),
    ...(linkTargetBase64 !== undefined && { linkTargetBase64 }),
    ...(xattrs !== undefined && { xattrs }),
    ...(device !== undefined && { device }),
  };
}
