import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { Rootfs } from '../rootfs/rootfs.ts';
import type { LayerView } from '../rootfs/rootfs-reader.ts';
import { listTree } from '../rootfs/tree.ts';
import { type AttentionItem, sortAttention } from './attention.ts';
import { findLeftovers } from './find-leftovers.ts';
import { unusualRights } from './rights.ts';
import { isSecret } from './secrets.ts';
import { findShadowed } from './shadowed.ts';
import { type AnyConfig, searchPath, startsAsRoot } from './start-user.ts';
import { findWaste } from './waste.ts';

/** Finds all in an image that somebody should look at. @param rootfs its layers, merged. */
export function* examineImage(
  layers: readonly LayerView[],
  rootfs: Rootfs,
  config: AnyConfig | null,
): Pausable<AttentionItem[]> {
  const found: AttentionItem[] = [];
  let count = 0;
  for (const { path, layer, ...state } of listTree(rootfs)) {
    if (++count % STRIDE === 0) yield;
    for (const kind of unusualRights(state)) found.push({ kind, path, layer });
    if (state.type === 'file' && isSecret(path, state.size)) found.push({ kind: 'secret', path, layer });
  }
  if (config !== null) {
    if (startsAsRoot(config)) found.push({ kind: 'root-user', path: null, layer: null });
    found.push(...findShadowed(rootfs, searchPath(config)));
  }
  found.push(...(yield* findWaste(layers)), ...(yield* findLeftovers(rootfs)));
  return sortAttention(found);
}
