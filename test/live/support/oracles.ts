import { fileURLToPath } from 'node:url';
import type { InventoryEntry } from '../../../src/core/analysis/files/inventory.ts';
import { ensurePackages } from './debian-packages.ts';
import { readLines } from './json-lines.ts';
import { run } from './program.ts';

/** A path of a root filesystem as lstat sees it. */
export interface RootfsLine extends InventoryEntry {
  /** Names of the inode, when it has more than one. */
  readonly links?: number;
}

/**
 * The inventory of an uncompressed layer as Python's tarfile reads it, in the order of `layer.files`.
 * @param report file to write it to
 */
export async function tarfileInventory(layer: string, report: string): Promise<InventoryEntry[]> {
  return askPython<InventoryEntry>('layer-oracle.py', layer, report);
}

/**
 * What lstat sees below a folder, sorted by path.
 * @param report file to write it to
 */
export async function lstatRootfs(folder: string, report: string): Promise<RootfsLine[]> {
  return askPython<RootfsLine>('rootfs-oracle.py', folder, report);
}

async function askPython<Line>(script: string, subject: string, report: string): Promise<Line[]> {
  await ensurePackages('python3');
  const path = fileURLToPath(new URL(script, import.meta.url));
  await run('/usr/bin/python3', [path, subject], { stdout: report });
  return readLines<Line>(report);
}
