import * as v from 'valibot';
import type { ByteText } from '../../base/byte-text.ts';
import { pathName, ROOT } from '../layer/entry-path.ts';
import { Base64Schema, SizeSchema } from '../words/schemas.ts';
import type { Stored } from '../words/stored.ts';
import { copyState, type FileState, FileStateSchema, IMPLICIT_DIRECTORY } from './file-state.ts';
import type { Rootfs } from './rootfs.ts';
import type { Placed } from './rootfs-reader.ts';
import { mergeSorted } from './walk-nodes.ts';

/** One name in a merged root filesystem, as `tree` prints it. */
export const TreeEntrySchema = v.strictObject({
  /** As inventories write paths. */
  path: v.string(),
  pathBase64: v.exactOptional(Base64Schema),
  ...FileStateSchema.entries,
  /** Index of the layer that gave the name its present state. */
  layer: SizeSchema,
  /** How many names the inode has, when it has more than one. */
  links: v.exactOptional(SizeSchema),
  /** No layer states this directory: others stand in it. */
  implicit: v.exactOptional(v.literal(true)),
});

export type TreeEntry = Stored<typeof TreeEntrySchema>;

/** Lists a merged root filesystem with its root, sorted by the bytes of the paths. */
export function* listTree(rootfs: Rootfs): Generator<TreeEntry> {
  const names = countNames(rootfs);
  for (const [path, { state, layer }] of everything(rootfs)) {
    const links = names.get(state) ?? 1;
    yield {
      ...pathName(path),
      ...copyState(state),
      layer,
      ...(links > 1 && { links }),
      ...(state === IMPLICIT_DIRECTORY && { implicit: true }),
    };
  }
}

function countNames(rootfs: Rootfs): ReadonlyMap<FileState, number> {
  const names = new Map<FileState, number>();
  if (rootfs.linked.size === 0) return names;
  for (const [, { state }] of everything(rootfs)) {
    if (rootfs.linked.has(state)) names.set(state, (names.get(state) ?? 0) + 1);
  }
  return names;
}

function everything(rootfs: Rootfs): Iterable<readonly [ByteText, Placed]> {
  const root = rootfs.lookup(ROOT);
  return mergeSorted(root ? [[ROOT, root]] : [], rootfs.descendants(ROOT));
}
