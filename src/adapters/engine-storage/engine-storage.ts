import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readAtOnce } from '../../base/read-file.ts';
import type { HeldLocation } from '../../core/image/image-source.ts';

/** The storage of an engine, as the engine states it. */
export interface EngineStorage {
  /** `overlay2`, `fuse-overlayfs` or `vfs` of Docker, `overlay` or `vfs` of Podman; others keep no files to read. */
  readonly driver: string;
  /** Its folder on the engine's host: `DockerRootDir`, Podman's `graphRoot`. */
  readonly root: string;
}

/** Where the drivers that keep a layer's files as files keep them, by a layer's id, below the driver's own folder. */
const FOLDERS: Readonly<Record<string, (id: string) => string>> = {
  overlay2: (id) => join(id, 'diff'),
  overlay: (id) => join(id, 'diff'),
  'fuse-overlayfs': (id) => join(id, 'diff'),
  vfs: (id) => join('dir', id),
};

/** Engines make ids of letters and digits; another text might lead elsewhere. */
const ID = /^[0-9A-Za-z]{1,128}$/;

/**
 * A layer that can be rebuilt, as far as is known without reading it.
 * @param root the storage's folder, in which the driver has its own.
 * @param length bytes of the layer, as the engine counts them.
 * @returns null when driver or id are unknown, and when notes or files are absent or not for this user to read.
 */
export function locateLayer(
  { driver, root }: EngineStorage,
  { id, metadata, length }: { readonly id: string; readonly metadata: string; readonly length: number },
): HeldLocation | null {
  const folderOf = Object.hasOwn(FOLDERS, driver) ? FOLDERS[driver] : undefined;
  if (folderOf === undefined || !ID.test(id) || !Number.isSafeInteger(length) || length < 0) return null;
  const files = join(root, driver, folderOf(id));
  const readable =
    isThere(metadata, constants.R_OK, 'file') && isThere(files, constants.R_OK | constants.X_OK, 'folder');
  return readable ? { kind: 'tar-split', metadata, root: files, length } : null;
}

function isThere(path: string, mode: number, kind: 'file' | 'folder'): boolean {
  try {
    const stat = lstatSync(path);
    accessSync(path, mode);
    return kind === 'file' ? stat.isFile() : stat.isDirectory();
  } catch {
    return false;
  }
}

/**
 * Reads a document that an engine keeps in a file.
 * @param mostBytes what it may have at most.
 * @returns null when it is absent, larger, or not for this user to read.
 */
export function readSmallFile(path: string, mostBytes: number): Buffer | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= mostBytes ? readAtOnce(path, mostBytes) : null;
  } catch {
    return null;
  }
}
